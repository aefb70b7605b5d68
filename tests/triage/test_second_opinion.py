"""Our proof and z3's agree on every rule set, sound or broken, and both find what was broken on purpose."""

from datetime import date

import pytest

from services.triage.proof.proving import prove
from services.triage.rules.ruleset import RuleSet, load_rulesets
from shared.city.current import geography_on
from tests.triage.generated_rulesets import FAULTS, generated
from tests.triage.second_opinion import SecondOpinion
from tests.triage.test_proof import BROKEN, edited

pytestmark = pytest.mark.slow


GEOGRAPHY = geography_on(date(2026, 3, 10))

#: In so many portions, to be shared between processes; each has as many sound rule sets as broken ones.
PORTIONS, SOUND_IN_EACH = 10, 16


def our_faults(ruleset: RuleSet) -> set[tuple[object, ...]]:
    """Our findings in the form of the second opinion."""
    return {
        (
            one.kind,
            *(one.rows if one.kind == "clash" else one.rows[-1:]),
            *([] if one.at is None else [one.at]),
        )
        for one in prove(ruleset, GEOGRAPHY).findings
    }


def their_faults(ruleset: RuleSet) -> set[tuple[object, ...]]:
    return SecondOpinion(ruleset, GEOGRAPHY).faults()


@pytest.mark.parametrize("ruleset", load_rulesets(), ids=lambda ruleset: ruleset.version)
def test_both_prove_the_rule_sets_in_use(ruleset: RuleSet) -> None:
    assert our_faults(ruleset) == their_faults(ruleset) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_both_find_the_same_in_rule_set_1_broken(name: str) -> None:
    ruleset = edited(BROKEN[name])
    assert our_faults(ruleset) == their_faults(ruleset) != set()


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_both_agree_on_rule_sets_made_by_chance(portion: int) -> None:
    for number in range(SOUND_IN_EACH):
        seed = portion * SOUND_IN_EACH + number
        sound = generated(seed, None)
        assert our_faults(sound) == their_faults(sound) == set(), seed
        fault = FAULTS[seed % len(FAULTS)]
        broken = generated(seed, fault)
        found = our_faults(broken)
        assert found == their_faults(broken), (seed, fault)
        assert fault in {kind for kind, *_ in found}, (seed, fault)
