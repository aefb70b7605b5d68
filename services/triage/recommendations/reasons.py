"""Why a recommendation is what it is: the rows that decided, and the facts that made them true."""

from collections.abc import Mapping, Sequence

from services.triage.recommendations.effects import Effects
from services.triage.recommendations.schemas import Reason
from services.triage.rules.case import DERIVED_FACTS, Case, needs_of
from services.triage.rules.rulebook import Hit, Rulebook
from services.triage.rules.three_valued import Test
from services.triage.rules.unknowns import Leaf, Tree
from shared.vocabulary import Need

#: The facts that a derived place was read from: a reason names these.
_READ_FROM = {"area": ("district", "postal_code"), "child_area": ("child_district", "child_postal_code")}


def reasons_of(
    rulebook: Rulebook, texts: Mapping[str, str], case: Case, tree: Tree, effects: Effects
) -> list[Reason]:
    """The reasons for the answer of this tree, in the order of the rows."""
    if isinstance(tree, Leaf) and not tree.given_up:
        reasons = [reason for hit in _one_for_each_row(tree.hits) for reason in _fired(case, hit)]
    else:
        reasons = [_unsettled(rulebook, texts, case, tree)]
    # Sorting is stable: of one row the destination's reason comes before the companion's (112 comes first).
    return sorted([*reasons, *_for_the_companion(case, effects)], key=lambda reason: int(reason.rule))


def because(test: Test, case: Case) -> dict[str, object]:
    """The facts that gave the condition the value it has, and no others.

    Of an `any` that is true only the true parts count, of an `all` that is false only the false ones.
    """
    if not test.parts:
        return {
            fact: value_of(fact, case, test.needs)
            for fact in test.explained_by
            if getattr(case, fact) is not None
        }
    decisive = test.evaluate(case) if test.joined != "one" else None
    found: dict[str, object] = {}
    for part in test.parts:
        if test.joined == "one" or part.evaluate(case) is decisive:
            for fact, value in because(part, case).items():
                found[fact] = _together(found.get(fact), value)
    return found


def value_of(fact: str, case: Case, needs: tuple[Need, ...] = ()) -> object:
    """A fact's value for a reason; of the needs those in `needs`, or all when it has none of them."""
    if fact != "needs":
        return getattr(case, fact)
    has = needs_of(case.needs)
    named = [need for need in has if need in needs]
    return [str(need) for need in named or has]


def _together(one: object, other: object) -> object:
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *(value for value in other if value not in one)]
    return other


def _unsettled(rulebook: Rulebook, texts: Mapping[str, str], case: Case, tree: Tree) -> Reason:
    """Why there is no answer yet: the first row that depends on a missing fact."""
    blocked = next(row for row in rulebook.rows if row.choices and row.test.evaluate(case) is not False)
    text = texts["cannot_be_known" if isinstance(tree, Leaf) else "ask"]
    return _reason(blocked.row.number, text, because(blocked.test, case))


def _fired(case: Case, hit: Hit) -> list[Reason]:
    number, row = hit.row.row.number, hit.row
    found = because(row.test, hit.case)
    if hit.choice.test is not None:
        found |= because(hit.choice.test, hit.case)
    for fact in hit.choice.unit.reads(hit.case):
        found |= {name: value_of(name, hit.case) for name in _READ_FROM.get(fact, (fact,))}
    text = hit.choice.choice.reason or row.row.reason or ""
    notes = [
        _reason(number, note.what, _known(because(note.test, hit.case), case))
        for note in row.notes
        if note.test is not None and note.holds(hit.case)
    ]
    return [_reason(number, text, _known(found, case)), *notes]


def _one_for_each_row(hits: Sequence[Hit]) -> list[Hit]:
    first: dict[tuple[int, str | None], Hit] = {}
    for hit in hits:
        first.setdefault((hit.row.row.number, hit.choice.choice.reason), hit)
    return list(first.values())


def _for_the_companion(case: Case, effects: Effects) -> list[Reason]:
    row = effects.companion_row
    if effects.companion is None or row is None:
        return []
    found = because(row.test, case)
    if row.companion is not None and row.companion.test is not None:
        found |= because(row.companion.test, case)
    return [_reason(row.row.number, effects.companion.reason, _known(found, case))]


def _known(found: dict[str, object], case: Case) -> dict[str, object]:
    """Only the contact's own facts, not the values that were tried in place of unknown ones."""
    return {
        fact: value for fact, value in found.items() if getattr(case, fact) is not None and value is not None
    }


def _reason(number: int, text: str, found: dict[str, object]) -> Reason:
    return Reason(rule=str(number), text=text, because=_without_derived(found))


def given_facts(found: dict[str, object], case: Case) -> dict[str, object]:
    """Only facts that were given, without what was derived from them."""
    return _without_derived(_known(found, case))


def _without_derived(found: dict[str, object]) -> dict[str, object]:
    return {fact: value for fact, value in found.items() if fact not in DERIVED_FACTS}
