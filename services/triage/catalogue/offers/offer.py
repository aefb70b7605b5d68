"""The offers that a contact can be referred to, and which of them fit a case (domain.md § 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal
from uuid import UUID

import yaml
from pydantic import Field

from services.triage.catalogue.offers.hours import Hours
from services.triage.rules.case import OLDEST, Case, needs_mask
from services.triage.strict import Strict
from shared.city.needs import STEPS, Step
from shared.vocabulary import Need

OFFERS_FILE = Path(__file__).parents[2] / "example" / "offers.yaml"

OfferKind = Literal["low_threshold", "self_referral"]


class Ages(Strict):
    """Ages in whole years, both ends included."""

    first: int = Field(0, alias="from", ge=0, le=OLDEST)
    last: int = Field(OLDEST, alias="to", ge=0, le=OLDEST)


class Capacity(Strict):
    """What is known of an offer's room; None where it is not known.

    `places` is how many it has in all, `available` how many of them are free, `waiting` how many people wait.
    """

    places: int | None = None
    available: int | None = None
    waiting: int | None = None
    sites: int | None = None
    note: str | None = None


class Offer(Strict):
    """A place that takes citizens without prior assessment: low-threshold, or by self-referral."""

    id: UUID
    name: str
    organization: str
    description: str = ""
    kind: OfferKind
    needs: tuple[Need, ...]
    ages: Ages = Field(default_factory=lambda: Ages.model_validate({}))
    step: Step
    valid_from: date | None = None
    valid_to: date | None = None
    open: bool = True
    capacity: Capacity | None = None
    source: str | None = None
    #: The bydele it is for; None: the whole city. None of them: somewhere that is not one of ours.
    districts: tuple[int, ...] | None = None
    #: ISO 639 codes, as far as they are known.
    languages: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()

    @cached_property
    def bits(self) -> int:
        """The needs as one number (`case.NEED_BITS`)."""
        return needs_mask(self.needs)

    def is_open_on(self, day: date) -> bool:
        """Whether the offer takes people on that day. A date that is not known sets no limit."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.open and begun and (self.valid_to is None or day <= self.valid_to)

    def takes_age(self, age: int | None) -> bool:
        """Whether it takes this age. An unknown age is not refused: the text names the ages instead."""
        return age is None or self.ages.first <= age <= self.ages.last

    def takes_district(self, district: int | None) -> bool:
        """Whether it is for people of this bydel. An unknown one is refused by no bydel's offer."""
        if self.districts is None:
            return True
        return bool(self.districts) if district is None else district in self.districts

    def has_room(self) -> bool:
        """Whether, as far as is known, somebody could begin today."""
        return self.capacity is None or self.capacity.available != 0

    def closes_at(self, moment: datetime) -> str | None:
        """When it closes, as HH.MM, where it is open at that moment."""
        return next((hours.closes_text for hours in self.hours if hours.open_at(moment)), None)


@dataclass(frozen=True, slots=True)
class OpenOffers:
    """The offers open on one day.

    `covered` has for each age, as bits, the needs that a low-threshold offer of the whole city meets;
    `age_cuts` are the ages at which that may change. Room, languages and opening hours never decide where a
    citizen goes: they are named to the citizen, and put offers in order.
    """

    offers: tuple[Offer, ...]
    covered: tuple[int, ...]
    age_cuts: frozenset[int]

    def fitting(self, case: Case, kinds: frozenset[OfferKind], about: Iterable[Need] = ()) -> list[Offer]:
        """Offers for the case's needs, age and bydel: lowest step first, then the most needs met, then room.

        Offers for the needs that the deciding row is `about` come before all others (young people with
        drugs: U-Turn first). Among equals the one made for fewer ages comes first: it is made for people
        like this one.
        """
        decisive = needs_mask(frozenset(about)) & case.needs
        chosen = [
            (offer, met)
            for offer in self.offers
            if offer.kind in kinds
            and offer.takes_age(case.age)
            and offer.takes_district(case.district)
            and (met := (offer.bits & case.needs).bit_count())
        ]
        chosen.sort(key=lambda pair: (not pair[0].bits & decisive, _rank(*pair)))
        return [offer for offer, _ in chosen]


def _rank(offer: Offer, met: int) -> tuple[int, int, bool, int, str]:
    ages = offer.ages.last - offer.ages.first
    return STEPS.index(offer.step), -met, not offer.has_room(), ages, offer.name


class Catalogue:
    """All offers, and those open on a given day."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.offers = tuple(offers)
        self._days: dict[date, OpenOffers] = {}

    def on(self, day: date) -> OpenOffers:
        """The offers open that day. Worked out once for each day."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = _open(tuple(o for o in self.offers if o.is_open_on(day)))
        return found


def _open(offers: tuple[Offer, ...]) -> OpenOffers:
    # An offer for some bydele only is suggested where it fits, but does not cover a need: citizens of other
    # bydele would have no place to go.
    low = [offer for offer in offers if offer.kind == "low_threshold" and offer.districts is None]
    covered = [0] * (OLDEST + 1)
    for offer in low:
        for age in range(offer.ages.first, offer.ages.last + 1):
            covered[age] |= offer.bits
    cuts = frozenset(cut for o in offers for cut in (o.ages.first, o.ages.last + 1) if 0 < cut <= OLDEST)
    return OpenOffers(offers=offers, covered=tuple(covered), age_cuts=cuts)


def load_offers(path: Path = OFFERS_FILE) -> tuple[Offer, ...]:
    """Read a file of offers. Raises pydantic.ValidationError."""
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = Offer.model_fields.keys()
    return tuple(
        Offer.model_validate({name: part for name, part in offer.items() if name in known})
        for offer in read["offers"]
    )
