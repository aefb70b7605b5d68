"""What goes with a destination: urgency, clocks, warnings, companion, offers, KLE number and step."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.catalogue.offers.offer import Offer, OfferKind, OpenOffers
from services.triage.rules.case import Case, needs_of
from services.triage.rules.duty import URGENCIES, CareWarning
from services.triage.rules.rulebook import CompiledRow, Hit, Rulebook
from services.triage.rules.ruleset import Companion
from shared.city.needs import STEPS, NeedVocabulary, Step
from shared.vocabulary import Need, Urgency

_KINDS: dict[str, frozenset[OfferKind]] = {
    "none": frozenset(),
    "fitting": frozenset({"low_threshold", "self_referral"}),
    "low_threshold": frozenset({"low_threshold"}),
    "self_referral": frozenset({"self_referral"}),
}


@dataclass(frozen=True, slots=True)
class Effects:
    """What one row gives beside its destination. `companion_row` is the row that added the companion."""

    urgency: Urgency
    clocks: tuple[str, ...]
    warnings: tuple[CareWarning, ...]
    companion: Companion | None
    companion_row: CompiledRow | None
    offers: tuple[Offer, ...]
    kle: str | None
    step: Step | None


def common_effects(
    hits: Sequence[Hit], rulebook: Rulebook, vocabulary: NeedVocabulary, offers: OpenOffers
) -> Effects:
    """What is the same in each of these hits, which are the possible answers to one contact's facts.

    A notification may be the contact itself in some of them and a companion in others. It is made in all of
    them: then its clocks run on the contact itself, and no companion is added until the facts are known.
    """
    row_effects = _RowEffects(rulebook, vocabulary, offers)
    found = [row_effects.of(hit) for hit in hits]
    if not all(effects.companion for effects in found):
        found = [
            row_effects.without_companion(effects, hit.case) for effects, hit in zip(found, hits, strict=True)
        ]
    return _common(found, settled=len({hit.place for hit in hits}) == 1)


class _RowEffects:
    """The effects of one row, by a rule book, a vocabulary and the offers of the day."""

    def __init__(self, rulebook: Rulebook, vocabulary: NeedVocabulary, offers: OpenOffers) -> None:
        self._rulebook = rulebook
        self._vocabulary = vocabulary
        self._offers = offers

    def of(self, hit: Hit) -> Effects:
        """What the row that decided gives in this case."""
        row, case = hit.row, hit.case
        companion_row = self._companion_row(row, case)
        added = companion_row.companion if companion_row is not None else None
        kinds = _KINDS[row.row.offers]
        return Effects(
            urgency=_urgency(row, case),
            clocks=tuple(when.what for when in row.clocks if when.holds(case)),
            warnings=tuple(when.what for when in row.warnings if when.holds(case)),
            companion=None if added is None else added.what,
            companion_row=companion_row,
            offers=tuple(self._offers.fitting(case, kinds, row.test.needs)) if kinds else (),
            kle=self._kle(row, case, set_aside=_set_aside(companion_row, row)),
            step=self._step(case) if row.row.step == "needs" else None,
        )

    def _companion_row(self, deciding: CompiledRow, case: Case) -> CompiledRow | None:
        """The row that adds a companion: the deciding one, or a true row before it without a destination."""
        for row in self._rulebook.rows[: deciding.row.number]:
            passed = row is deciding or (not row.choices and row.test.evaluate(case) is True)
            if passed and row.companion is not None and row.companion.holds(case):
                return row
        return None

    def without_companion(self, effects: Effects, case: Case) -> Effects:
        """The effects with those of the companion's row on the contact itself, in place of the companion."""
        if effects.companion is None:
            return effects
        row = self._rulebook.rows[effects.companion.as_row - 1]
        return Effects(
            urgency=max(effects.urgency, _urgency(row, case), key=URGENCIES.index),
            clocks=(*effects.clocks, *(when.what for when in row.clocks if when.holds(case))),
            warnings=(*effects.warnings, *(when.what for when in row.warnings if when.holds(case))),
            companion=None,
            companion_row=None,
            offers=effects.offers,
            kle=effects.kle,
            step=effects.step,
        )

    def _kle(self, row: CompiledRow, case: Case, set_aside: frozenset[Need]) -> str | None:
        """The KLE number of the need that the row is about, else of the citizen's first need that has one.

        None of a need that is `set_aside`. An anonymous contact has none (domain.md § 7).
        """
        if case.anonymous:
            return None
        if row.row.kle_need is not None:
            return self._vocabulary.by_code[row.row.kle_need].kle_at(case.age)
        has = needs_of(case.needs)
        about = [need for need in row.test.needs if need in has]
        for need in (*about, *has):
            entry = self._vocabulary.by_code[need]
            if entry.kle and need not in set_aside:
                return entry.kle_at(case.age)
        return None

    def _step(self, case: Case) -> Step | None:
        """The lowest step (indsatstrappe) that meets every need: the highest of the needs' lowest steps."""
        steps = [step for need in needs_of(case.needs) if (step := self._vocabulary.by_code[need].step)]
        return max(steps, key=STEPS.index) if steps else None


def _set_aside(companion_row: CompiledRow | None, deciding: CompiledRow) -> frozenset[Need]:
    """The notification, where it became a contact of its own before a later row decided."""
    became_another = companion_row is not None and companion_row is not deciding
    return frozenset({Need.CHILD_CONCERN}) if became_another else frozenset()


def _urgency(row: CompiledRow, case: Case) -> Urgency:
    holding = [when.what for when in row.urgency if when.holds(case)]
    return max(holding, key=URGENCIES.index, default=Urgency.NORMAL)


def _common(found: Sequence[Effects], *, settled: bool) -> Effects:
    """What all have in common. Where the place is `settled`, offers that fit in some of them are included."""
    first = found[0]
    if len(found) == 1:
        return first
    # Different rows open contacts for different children: none is opened until it is known which.
    same_companion = all(effects.companion_row is first.companion_row for effects in found)
    return Effects(
        urgency=min((effects.urgency for effects in found), key=URGENCIES.index),
        clocks=tuple(clock for clock in first.clocks if all(clock in e.clocks for e in found)),
        warnings=tuple(mark for mark in first.warnings if all(mark in e.warnings for e in found)),
        companion=first.companion if same_companion else None,
        companion_row=first.companion_row if same_companion else None,
        offers=_offers_of(found, settled=settled),
        kle=first.kle if all(e.kle == first.kle for e in found) else None,
        step=first.step if all(e.step == first.step for e in found) else None,
    )


def _offers_of(found: Sequence[Effects], *, settled: bool) -> tuple[Offer, ...]:
    """The offers that fit in all cases, then, when the place is settled, those that fit in some.

    Each suggestion says for which ages it is, so an offer is not withheld because the age is unknown.
    """
    every = tuple(offer for offer in found[0].offers if all(offer in e.offers for e in found))
    if not settled:
        return every
    some = {offer.id: offer for effects in found for offer in effects.offers if offer not in every}
    return (*every, *some.values())
