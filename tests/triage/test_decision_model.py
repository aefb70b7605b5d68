"""The peer of the benchmark has the same rules: it comes to the same destinations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.decision_model import Peer, context_of
from services.triage.rules.rulebook import Hit
from shared.contracts import Facts
from shared.vocabulary import Need
from tests.examples import examples
from tests.triage.test_properties import MOMENT, OFFERS, any_facts
from tests.triage.triaging import ADVISER

pytestmark = pytest.mark.slow


PEER = Peer(ADVISER.ruleset)


@examples(400)
@given(any_facts(), st.integers(0, 130), st.integers(1, 10), st.booleans())
def test_the_peer_sends_every_citizen_whose_facts_are_known_to_the_same_place(
    facts: Facts, age: int, district: int, applies: bool
) -> None:
    known = {"age": age, "applies_for_measure": applies, "cannot_be_known": frozenset()}
    if facts.in_municipality is not False:
        known["district"] = district
    case = ADVISER.case(facts.model_copy(update=known), MOMENT, OFFERS)
    hit = ADVISER.rulebook.decide(case)
    if isinstance(hit, Hit):
        assert PEER.place(context_of(case)) == hit.place


@pytest.mark.parametrize("need", Need)
def test_the_decision_object_answers_as_the_compiled_table_does(need: Need) -> None:
    facts = Facts.model_validate({"needs": [need], "age": 40, "district": 3, "applies_for_measure": False})
    context = context_of(ADVISER.case(facts, MOMENT, OFFERS))
    assert PEER.decision.evaluate(context)["result"] == PEER.evaluate(context)["result"]
