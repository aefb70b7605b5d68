"""From facts to a recommendation: the whole thinking of triage, with nothing stored and nobody called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from services.triage.needs.vocabulary import NeedVocabulary
from services.triage.offers.catalogue import Catalogue, Offer, OpenOffers
from services.triage.offers.matching import particulars
from services.triage.recommendations.effects import Effects, EffectsOf
from services.triage.recommendations.schemas import (
    CompanionRecommendation,
    OfferSuggestion,
    Question,
    Reason,
    Recommendation,
    TraceRow,
)
from services.triage.rules.case import ASKED_THROUGH, OLDEST, Case, case_of, needs_of
from services.triage.rules.explaining import because, shown
from services.triage.rules.geography import Geography
from services.triage.rules.rulebook import Hit, Rulebook
from services.triage.rules.ruleset import RuleSet
from services.triage.rules.unknowns import Explorer, Leaf, Tree, leaves_of, questions_of
from shared.contracts import Destination, Facts, OpenFact
from shared.vocabulary import Channel, DestinationKind, Need, Unit
from shared.working_days import local_date

_VALUES: dict[bool | None, Literal["true", "false", "unknown"]] = {
    True: "true",
    False: "false",
    None: "unknown",
}

#: What a destination's place was read from, where the place itself is worked out.
_READ_FROM = {"area": ("district", "postal_code"), "child_area": ("child_district", "child_postal_code")}

_CITIZEN: frozenset[OpenFact] = frozenset({"age", "district", "postal_code", "in_municipality"})
_ANOTHER_CHILD: frozenset[OpenFact] = frozenset({"child_age", "child_district", "child_postal_code"})


@dataclass(frozen=True, slots=True)
class Moment:
    """When and how a contact came in."""

    channel: Channel
    received_at: datetime


class Adviser:
    """Recommends by one rule set. Compiling it takes some milliseconds: keep the adviser."""

    def __init__(self, ruleset: RuleSet, geography: Geography, vocabulary: NeedVocabulary) -> None:
        self.ruleset = ruleset
        self.geography = geography
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

        A companion has none of its own, whatever a draft says: it would have one in its turn, without end.
        """
        offers = catalogue.on(local_date(moment.received_at))
        case = self.case(facts, moment, offers)
        tree = self._explore(case, offers)
        hits = [hit for leaf in leaves_of(tree) for hit in leaf.hits]
        effects = EffectsOf(self.rulebook, self.vocabulary, offers).hits(hits)
        return Recommendation(
            ruleset=self.ruleset.version,
            destination=_destination(tree),
            urgency=effects.urgency,
            step=effects.step,
            kle=effects.kle,
            clocks=tuple(
                self.ruleset.clocks[name].start(name, moment.received_at) for name in effects.clocks
            ),
            questions=tuple(self._questions[fact] for fact in questions_of(tree)),
            warnings=effects.warnings,
            offers=tuple(self._suggestion(offer, case) for offer in effects.offers),
            companions=() if for_companion else self._companions(effects, facts, moment, catalogue),
            reasons=tuple(self._reasons(case, tree, effects)),
            trace=self._trace(case) if trace else None,
        )

    def case(self, facts: Facts, moment: Moment, offers: OpenOffers) -> Case:
        """The facts as the rules read them."""
        return self.case_on(facts, moment.channel, local_date(moment.received_at), offers)

    def case_on(self, facts: Facts, channel: Channel, day: date, offers: OpenOffers) -> Case:
        """The facts of a contact received on that day."""
        return case_of(facts, channel, day, self.geography, offers.covered)

    def explorer(self, offers: OpenOffers) -> Explorer:
        """Finds out what a case with unknown facts comes to, telling apart the ages that may matter."""
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
        child = facts_of_the_child(facts)
        return (
            CompanionRecommendation(
                concerns="child",
                facts=child,
                recommendation=self.recommend(child, moment, catalogue, for_companion=True),
            ),
        )

    def _reasons(self, case: Case, tree: Tree, effects: Effects) -> list[Reason]:
        leaves = leaves_of(tree)
        unsettled = not isinstance(tree, Leaf) or tree.given_up
        if unsettled:
            reasons = [self._unsettled(case, tree)]
        else:
            reasons = [
                reason for hit in _one_for_each_row(leaves[0].hits) for reason in self._fired(case, hit)
            ]
        # Sorting is stable: what decides is told before the companion of the same row (112 comes first).
        return sorted([*reasons, *_for_the_companion(case, effects)], key=lambda reason: int(reason.rule))

    def _unsettled(self, case: Case, tree: Tree) -> Reason:
        """Why nobody can say yet: the first row that hangs on a missing fact."""
        blocked = next(
            row for row in self.rulebook.rows if row.choices and row.test.evaluate(case) is not False
        )
        text = self.ruleset.texts["cannot_be_known" if isinstance(tree, Leaf) else "ask"]
        return _reason(blocked.row.number, text, because(blocked.test, case))

    def _fired(self, case: Case, hit: Hit) -> list[Reason]:
        number, row = hit.row.row.number, hit.row
        found = because(row.test, hit.case)
        if hit.choice.test is not None:
            found |= because(hit.choice.test, hit.case)
        for fact in hit.choice.unit.reads(hit.case):
            found |= {name: shown(name, hit.case) for name in _READ_FROM.get(fact, (fact,))}
        text = hit.choice.choice.reason or row.row.reason or ""
        notes = [
            _reason(number, note.what, _known(because(note.test, hit.case), case))
            for note in row.notes
            if note.test is not None and note.holds(hit.case)
        ]
        return [_reason(number, text, _known(found, case)), *notes]

    def _trace(self, case: Case) -> tuple[TraceRow, ...]:
        return tuple(
            told[row.test.evaluate(case)]
            for row, told in zip(self.rulebook.rows, self._trace_rows, strict=True)
        )

    @cached_property
    def _trace_rows(self) -> tuple[dict[bool | None, TraceRow], ...]:
        """What the trace says of each row for each of the three values."""
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


def facts_of_the_child(facts: Facts) -> Facts:
    """A companion's facts: a notification about the child, with nothing of an adult citizen's own.

    A child who is somebody else keeps age and place in the child's own facts, so that a place outside the
    municipality settles the matter as it does in the citizen's contact. Where the citizen is the child, or
    may be, the citizen's age and place are what is known of the child.
    """
    return Facts(
        needs=frozenset({Need.CHILD_CONCERN}),
        child_at_risk=True,
        suspected_parental_abuse=facts.suspected_parental_abuse,
        honour_related=facts.honour_related,
        reporter_is_professional=facts.reporter_is_professional,
        **{name: getattr(facts, name) for name in _whose_facts(facts)},
        cannot_be_known=facts.cannot_be_known & _whose_facts(facts),
    )


def _whose_facts(facts: Facts) -> frozenset[OpenFact]:
    another = any(getattr(facts, name) is not None for name in _ANOTHER_CHILD)
    grown_up = facts.age is not None and facts.age >= 18
    return _ANOTHER_CHILD if another or grown_up else _CITIZEN | _ANOTHER_CHILD


def _destination(tree: Tree) -> Destination:
    if isinstance(tree, Leaf):
        kind, unit, administration = tree.place
        return Destination(kind=kind, unit=unit, administration=administration)
    return Destination(kind=DestinationKind.ASK, unit=Unit.RECEPTION)


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
    """Only what the contact's own facts say, not what was tried in place of an unknown one."""
    return {
        fact: value for fact, value in found.items() if getattr(case, fact) is not None and value is not None
    }


def _reason(number: int, text: str, found: dict[str, object]) -> Reason:
    asked = {fact: value for fact, value in found.items() if fact not in ASKED_THROUGH}
    return Reason(rule=str(number), text=text, because=asked)
