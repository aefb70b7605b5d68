"""A fact that nothing hangs on never changes a destination, whatever else is known."""

import pytest
from hypothesis import example, given
from pydantic import ValidationError

from services.triage.rules import three_valued
from services.triage.rules.case import NEED_BITS, Case, needs_of
from services.triage.rules.rulebook import Blocked, CompiledRow, Hit, Rulebook
from services.triage.rules.settled_by_needs import settled_by_needs
from services.triage.rules.unknowns import Explorer, leaves_of
from shared.contracts import Facts
from shared.vocabulary import Need
from tests.examples import examples
from tests.triage.test_properties import MOMENT, OFFERS, any_facts, place, recommend
from tests.triage.triaging import ADVISER

pytestmark = pytest.mark.slow


_HOME = frozenset({"in_municipality", "district", "postal_code"})
_CHILD_HOME = frozenset({"child_district", "child_postal_code"})
#: What a fact of the case follows from.
FROM = {
    **dict.fromkeys(("area", "district", "in_municipality"), _HOME),
    **dict.fromkeys(("child_area", "child_district", "child_in_municipality"), _CHILD_HOME),
    "another_child": {"children", "child_age", *_CHILD_HOME},
    "further_children": frozenset({"children"}),
}


def hangs_on(test: three_valued.Test, case: Case) -> frozenset[str]:
    """Facts that suffice for the value: of an `all` that is false and an `any` that is true one part does."""
    if not test.parts:
        return frozenset({*test.reads, *test.explained_by})
    value = test.evaluate(case)
    if (test.joined, value) in {("all", False), ("any", True)}:
        return hangs_on(next(part for part in test.parts if part.evaluate(case) is value), case)
    return frozenset[str]().union(*(hangs_on(part, case) for part in test.parts))


def path_of(hit: Hit) -> frozenset[str]:
    """The facts that the way through the rows hangs on, as far as the row that decided and its
    destination.
    """
    case, rows = hit.case, ADVISER.rulebook.rows[: hit.row.row.number]
    found = frozenset[str]().union(*(hangs_on(row.test, case) for row in rows if row.choices))
    for choice in hit.row.choices[: hit.row.choices.index(hit.choice) + 1]:
        found |= hangs_on(choice.test, case) if choice.test is not None else frozenset()
    found |= hit.choice.unit.reads(case)
    return frozenset[str]().union(*(FROM.get(fact, {fact}) for fact in found))


class RecordingRulebook(Rulebook):
    """Records where a decision needed a missing fact, and in which case."""

    def __init__(self) -> None:
        super().__init__(ADVISER.ruleset)
        self.blocked: list[tuple[CompiledRow, Case]] = []

    def decide(self, case: Case) -> Hit | Blocked:
        result = super().decide(case)
        if isinstance(result, Blocked):
            self.blocked.append((result.row, case))
        return result


def relevant(facts: Facts) -> frozenset[str]:
    """What the destination hangs on, over every value that the unknown facts may have.

    A question hangs on every fact of the row that needs it: a row may take the citizen's place where the
    child's is unknown, and then knowing the citizen's place and age makes the question about the child
    needless.
    """
    rulebook = RecordingRulebook()
    tree = Explorer(rulebook, ADVISER.explorer(OFFERS).ages).explore(ADVISER.case(facts, MOMENT, OFFERS))
    hits = [hit for leaf in leaves_of(tree) for hit in leaf.hits]
    found = frozenset[str]().union(*(path_of(hit) for hit in hits))
    for row, case in rulebook.blocked:
        tests = [row.test, *(choice.test for choice in row.choices if choice.test is not None)]
        found = found.union(*(hangs_on(test, case) for test in tests))
        found = found.union(*(choice.unit.reads(case) for choice in row.choices))
    return frozenset[str]().union(*(FROM.get(fact, {fact}) for fact in found))


def changed(facts: Facts, update: dict[str, object]) -> Facts | None:
    """The facts with others in place of some, where they do not contradict each other."""
    try:
        return Facts.model_validate(facts.model_dump() | update)
    except ValidationError:
        return None


@examples(400)
@given(any_facts(), any_facts())
@example(
    Facts(needs=frozenset({Need.CHILD_CONCERN})), Facts(needs=frozenset({Need.ADVICE}), age=0, district=1)
)
def test_an_irrelevant_fact_never_changes_a_destination(facts: Facts, others: Facts) -> None:
    facts = facts.model_copy(update={"cannot_be_known": frozenset()})
    free = set(Facts.model_fields) - relevant(facts) - {"needs", "cannot_be_known"}
    updates = {fact: getattr(others, fact) for fact in sorted(free)}
    for update in [{fact: value} for fact, value in updates.items()] + [updates]:
        other = changed(facts, update)
        if other is not None:
            assert place(recommend(other)) == place(recommend(facts)), update


def test_facts_are_irrelevant_to_most_destinations_and_relevant_to_some() -> None:
    """Else the property above would say nothing."""
    facts = Facts.model_validate({"needs": ["home_training"], "age": 8, "district": 3})
    concern = {"child_at_risk", "suspected_parental_abuse", "honour_related"}
    assert relevant(facts) == {"acute_danger", "needs", *concern, *_HOME}
    child = Facts.model_validate({"needs": ["child_concern"], "child_district": 3})
    assert "child_district" in relevant(child)
    assert "existing_case_unit" not in relevant(child)


def _leaves_out(row: CompiledRow, needs: int) -> bool:
    return settled_by_needs(row.row.when, needs, ADVISER.ruleset.definitions) is False


@examples(300)
@given(any_facts())
def test_a_row_that_the_needs_rule_out_is_false_whatever_else_is_so(facts: Facts) -> None:
    case = ADVISER.case(facts, MOMENT, OFFERS)
    out = [row for row in ADVISER.rulebook.rows if _leaves_out(row, case.needs)]
    assert all(row.test.evaluate(case) is False for row in out)


def test_most_rows_are_ruled_out_by_the_needs_alone() -> None:
    kept = [row.row.number for row in ADVISER.rulebook.rows if not _leaves_out(row, NEED_BITS[Need.DEBT])]
    assert needs_of(NEED_BITS[Need.DEBT]) == (Need.DEBT,)
    assert kept == [1, 2, 3, 8, 14, 19, 20, 21]
