"""Why this destination, why none of the others, and the smallest change of facts that leads to another."""

from functools import lru_cache
from threading import Lock

from pydantic import BaseModel, ConfigDict

from services.triage.catalogue.offers.offer import OpenOffers
from services.triage.proof.decision_diagram import TooLargeError
from services.triage.proof.places import Change, Places
from services.triage.recommendations.adviser import Adviser
from services.triage.recommendations.explanation_wording import Wording
from services.triage.recommendations.reasons import because
from services.triage.recommendations.schemas import (
    Explanation,
    Holds,
    Reason,
    Recommendation,
    SmallestChange,
    WhyNot,
)
from services.triage.rules.case import Case
from services.triage.rules.rulebook import CompiledRow, Hit, Place
from shared.city.places import Geography
from shared.contracts import Destination, Facts

_HOLDS: dict[bool | None, Holds] = {True: "true", False: "false", None: "unknown"}


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Explainer:
    """Explains by one adviser and the offers of one day. Making one takes a tenth of a second: reuse it.

    For a rule set that is too large to work out its places, explanations say why, but no change of facts.
    """

    def __init__(self, adviser: Adviser, offers: OpenOffers, geography: Geography) -> None:
        self._adviser = adviser
        self._offers = offers
        self._places = self._places_of(adviser, offers, geography)
        # A search adds nodes to the shared diagram, and several threads may explain at once.
        self._lock = Lock()
        self._wording = Wording(geography.places.names, adviser.vocabulary)

    def _places_of(self, adviser: Adviser, offers: OpenOffers, geography: Geography) -> Places | None:
        try:
            return Places(adviser.ruleset, geography, offers.covered)
        except TooLargeError:
            return None

    def explain(self, facts: Facts, case: Case, recommendation: Recommendation) -> Explanation:
        """The explanation of this recommendation, which was made of these facts."""
        here = recommendation.destination
        changes = self._changes(case, Place(here.kind, here.unit, here.administration))
        others = [self._why_not(place, change, facts, case) for place, change in changes]
        return Explanation(
            ruleset=recommendation.ruleset,
            destination=here,
            why=tuple(
                self._why(here, reason) for reason in recommendation.reasons if not reason.is_of_a_duty
            ),
            why_not=tuple(others),
            smallest_change=others[0].change if others else None,
        )

    def _changes(self, case: Case, here: Place) -> list[tuple[Place, Change]]:
        if self._places is None:
            return []
        with self._lock:
            nearest = self._places.nearest(case)
        nearest.pop(here, None)
        return sorted(nearest.items(), key=lambda pair: pair[1].distance)

    def _why(self, destination: Destination, reason: Reason) -> str:
        return self._wording.why(destination, reason.text, reason.because)

    def _why_not(self, place: Place, change: Change, facts: Facts, case: Case) -> WhyNot:
        row = self._row_there(change, facts, case)
        value = row.test.evaluate(case)
        failed = because(row.test, case) if value is False else {}
        failed = failed or self._changed_facts(change, case)
        destination = _destination(place)
        decided = self._adviser.rulebook.decide(case)
        same = isinstance(decided, Hit) and decided.row is row
        template = {False: "not_fitting", None: "unknown"}.get(value, "another_way" if same else "earlier")
        return WhyNot(
            destination=destination,
            rule=str(row.row.number),
            holds=_HOLDS[value],
            failed=failed,
            text=self._wording.why_not(template, destination, row.row, failed),
            change=SmallestChange(
                destination=destination,
                facts=change.facts,
                needs_added=change.added,
                needs_removed=change.removed,
                text=self._wording.change(destination, change),
            ),
        )

    def _row_there(self, change: Change, facts: Facts, case: Case) -> CompiledRow:
        """The row that would send the citizen there if the facts were changed."""
        case = self._adviser.case_on(change.of(facts), case.channel, case.received_on, self._offers)
        hit = self._adviser.rulebook.decide(case)
        if not isinstance(hit, Hit):
            raise AssertionError("a place's region has only cases that are decided")  # noqa: TRY004
        return hit.row

    def _changed_facts(self, change: Change, case: Case) -> dict[str, object]:
        """The facts that would have to be different, with their present values."""
        present: dict[str, object] = {fact: getattr(case, fact) for fact in change.facts}
        if change.removed:
            present["needs"] = [str(need) for need in change.removed]
        return present


@lru_cache(maxsize=8)
def explainer_of(adviser: Adviser, offers: OpenOffers, geography: Geography) -> Explainer:
    """The explainer for this rule set, and the offers and areas of a day, from a cache."""
    return Explainer(adviser, offers, geography)


def _destination(place: Place) -> Destination:
    return Destination(kind=place.kind, unit=place.unit, administration=place.administration)
