"""From facts to a recommendation, by one rule set. Pure: nothing is stored, no other service is called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from services.triage.catalogue.offers.matching import particulars
from services.triage.catalogue.offers.offer import Catalogue, Offer, OpenOffers
from services.triage.recommendations.children import facts_of_the_children
from services.triage.recommendations.effects import Effects, common_effects
from services.triage.recommendations.owed import (
    also_needed,
    owed_duties,
    owed_together,
)
from services.triage.recommendations.reasons import reasons_of
from services.triage.recommendations.schemas import (
    CompanionRecommendation,
    OfferSuggestion,
    Question,
    Recommendation,
    TraceRow,
)
from services.triage.rules.case import OLDEST, Case, case_of, needs_of
from services.triage.rules.duty import URGENCIES
from services.triage.rules.rulebook import Hit, Rulebook
from services.triage.rules.ruleset import RuleSet
from services.triage.rules.unknowns import Explorer, Leaf, Tree, leaves_of, questions_of
from shared.city.needs import NeedVocabulary
from shared.city.places import Geography
from shared.contracts import Destination, Facts
from shared.vocabulary import Channel, DestinationKind, Unit
from shared.working_days import local_date

_VALUES: dict[bool | None, Literal["true", "false", "unknown"]] = {
    True: "true",
    False: "false",
    None: "unknown",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When and how a contact came in."""

    channel: Channel
    received_at: datetime


class Adviser:
    """Recommends by one rule set. Making one compiles the rule set, which takes milliseconds: reuse it."""

    def __init__(
        self, ruleset: RuleSet, geography_on: Callable[[date], Geography], vocabulary: NeedVocabulary
    ) -> None:
        self.ruleset = ruleset
        #: Districts and areas on a day: a contact is judged by those of its own day.
        self.geography_on = geography_on
        self.vocabulary = vocabulary
        self.rulebook = Rulebook(ruleset)

    def recommend(
        self,
        facts: Facts,
        moment: Moment,
        catalogue: Catalogue,
        *,
        trace: bool = False,
        for_companion: bool = False,
    ) -> Recommendation:
        """The recommendation for these facts; with `trace`, every row's three-valued result as well.

        A companion gets no companion of its own, whatever a draft says: that could go on without end.
        """
        offers = catalogue.on(local_date(moment.received_at))
        case = self.case(facts, moment, offers)
        tree = self._explore(case, offers)
        hits = [hit for leaf in leaves_of(tree) for hit in leaf.hits]
        effects = common_effects(hits, self.rulebook, self.vocabulary, offers)
        destination = _destination(tree)
        duties = owed_duties(
            self.rulebook.duty_book, self.ruleset.clocks, case, destination.unit, moment.received_at
        )
        owed = owed_together(duties)
        of_row = tuple(self.ruleset.clocks[name].start(name, moment.received_at) for name in effects.clocks)
        return Recommendation(
            ruleset=self.ruleset.version,
            destination=destination,
            urgency=max(effects.urgency, owed.urgency, key=URGENCIES.index),
            step=effects.step,
            kle=effects.kle,
            clocks=of_row + owed.clocks,
            questions=tuple(self._questions[fact] for fact in questions_of(tree)),
            warnings=effects.warnings + owed.warnings,
            duties=duties,
            also=also_needed(self.rulebook.duty_book, case, moment.channel, destination),
            offers=tuple(self._suggestion(offer, case) for offer in effects.offers),
            companions=() if for_companion else self._companions(effects, facts, moment, catalogue),
            reasons=(
                *reasons_of(self.rulebook, self.ruleset.texts, case, tree, effects),
                *owed.reasons,
            ),
            trace=self._trace(case) if trace else None,
        )

    def case(self, facts: Facts, moment: Moment, offers: OpenOffers) -> Case:
        """The facts as the rules read them, for a contact of this moment."""
        return self.case_on(facts, moment.channel, local_date(moment.received_at), offers)

    def case_on(self, facts: Facts, channel: Channel, day: date, offers: OpenOffers) -> Case:
        """The facts as the rules read them, for a contact received on that day."""
        return case_of(facts, channel, day, self.geography_on(day), offers.covered)

    def explorer(self, offers: OpenOffers) -> Explorer:
        """For cases with unknown facts; it tries the ages at which some row, offer or number may change."""
        ages = sorted(age for age in {0} | self._cuts | offers.age_cuts if age <= OLDEST)
        return Explorer(self.rulebook, ages)

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {fact: Question(fact=fact, text=text) for fact, text in self.ruleset.questions.items()}

    @cached_property
    def _cuts(self) -> frozenset[int]:
        return self.rulebook.age_cuts() | self.vocabulary.age_cuts

    def _explore(self, case: Case, offers: OpenOffers) -> Tree:
        result = self.rulebook.decide(case)
        if isinstance(result, Hit):
            return Leaf(result.place, (result,))
        return self.explorer(offers).explore(case)

    def _companions(
        self, effects: Effects, facts: Facts, moment: Moment, catalogue: Catalogue
    ) -> tuple[CompanionRecommendation, ...]:
        if effects.companion is None:
            return ()
        return tuple(
            CompanionRecommendation(
                concerns="child",
                child=position,
                facts=child,
                recommendation=self.recommend(child, moment, catalogue, for_companion=True),
            )
            for position, child in facts_of_the_children(facts, effects.companion.children)
        )

    def _trace(self, case: Case) -> tuple[TraceRow, ...]:
        return tuple(
            by_value[row.test.evaluate(case)]
            for row, by_value in zip(self.rulebook.rows, self._trace_rows, strict=True)
        )

    @cached_property
    def _trace_rows(self) -> tuple[dict[bool | None, TraceRow], ...]:
        """The trace's line for each row, by each of the three values that the row may have."""
        return tuple(
            {
                value: TraceRow(
                    rule=str(row.row.number), title=row.row.title, holds=name, source=row.row.source
                )
                for value, name in _VALUES.items()
            }
            for row in self.rulebook.rows
        )

    def _suggestion(self, offer: Offer, case: Case) -> OfferSuggestion:
        labels = [
            self.vocabulary.by_code[need].label.lower()
            for need in offer.needs
            if need in needs_of(case.needs)
        ]
        template = "offer" if offer.kind == "low_threshold" else "offer_in_turn"
        why = self.ruleset.texts[template].format(
            name=offer.name, ages=self._ages(offer), needs=", ".join(labels), step=offer.step
        )
        return OfferSuggestion(id=offer.id, name=offer.name, why=" ".join([why, *particulars(offer)]))

    def _ages(self, offer: Offer) -> str:
        first, last = offer.ages.first, offer.ages.last
        name = {(False, False): "all", (True, False): "from", (False, True): "to", (True, True): "between"}
        template = self.ruleset.texts[f"ages_{name[first > 0, last < OLDEST]}"]
        return template.format(first=first, last=last)


def _destination(tree: Tree) -> Destination:
    if isinstance(tree, Leaf):
        kind, unit, administration = tree.place
        return Destination(kind=kind, unit=unit, administration=administration)
    return Destination(kind=DestinationKind.ASK, unit=Unit.RECEPTION)
