"""Why a condition has the value it has: the facts that decided it, for a reason that staff can read."""

from services.triage.rules.case import Case, needs_of
from services.triage.rules.three_valued import Test
from shared.vocabulary import Need


def because(test: Test, case: Case) -> dict[str, object]:
    """The facts that gave the condition the value it has, and nothing else.

    Of an `any` that is true only the true parts count, of an `all` that is false only the false ones.
    """
    if not test.parts:
        return {fact: shown(fact, case, test.needs) for fact in test.shows if getattr(case, fact) is not None}
    decisive = test.evaluate(case) if test.joined != "one" else None
    found: dict[str, object] = {}
    for part in test.parts:
        if test.joined == "one" or part.evaluate(case) is decisive:
            for fact, value in because(part, case).items():
                found[fact] = _together(found.get(fact), value)
    return found


def shown(fact: str, case: Case, needs: tuple[Need, ...] = ()) -> object:
    """A fact's value as it is shown; of the needs those that the condition names, or else all."""
    if fact != "needs":
        return getattr(case, fact)
    has = needs_of(case.needs)
    named = [need for need in has if need in needs]
    return [str(need) for need in named or has]


def _together(one: object, other: object) -> object:
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *(value for value in other if value not in one)]
    return other
