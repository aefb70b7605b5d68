"""Why an offer fits somebody or does not, in Danish, and in which order those that fit are told.

The lowest step of the indsatstrappe comes first, whatever else speaks for an offer (domain.md § 5). What
is not known of an offer never counts against it, and is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.triage.catalogue.offers.offer import Offer
from services.triage.catalogue.offers.texts import district_names, load_texts
from services.triage.needs.vocabulary import STEPS, NeedVocabulary
from services.triage.rules.case import OLDEST
from shared.vocabulary import Need
from shared.working_days import local_date


@dataclass(frozen=True)
class Seeker:
    """Whom an offer is sought for. None means unknown; `districts` are the bydele that are possible."""

    needs: frozenset[Need]
    age: int | None
    districts: frozenset[int] | None
    language: str | None
    at: datetime

    @property
    def day(self) -> date:
        return local_date(self.at)


@dataclass(frozen=True)
class Fitting:
    """An offer that fits, the needs of the seeker that it meets, and why."""

    offer: Offer
    met: tuple[Need, ...]
    why: str
    open_now: bool | None


@dataclass(frozen=True)
class Misfit:
    """One reason why an offer does not fit: the fact it hangs on, and how that is said."""

    fact: str
    text: str


@dataclass(frozen=True)
class Close:
    """An offer that meets a need, and all that speaks against it."""

    offer: Offer
    why_not: tuple[Misfit, ...]


def match(
    offers: Iterable[Offer], seeker: Seeker, vocabulary: NeedVocabulary
) -> tuple[list[Fitting], list[Close]]:
    """The offers that fit, best first; and those that meet a need and yet do not, fewest reasons first."""
    fitting, close = [], []
    for offer in offers:
        met = tuple(need for need in offer.needs if need in seeker.needs)
        if not met:
            continue
        misfits = tuple(misfits_of(offer, seeker))
        if misfits:
            close.append(Close(offer, misfits))
        else:
            fitting.append(_fitting(offer, met, seeker, vocabulary))
    fitting.sort(key=lambda found: _rank(found, seeker))
    close.sort(key=lambda found: (len(found.why_not), STEPS.index(found.offer.step), found.offer.name))
    return fitting, close


def _rank(found: Fitting, seeker: Seeker) -> tuple[int, int, bool, bool, bool, int, str]:
    offer = found.offer
    return (
        STEPS.index(offer.step),
        -len(found.met),
        seeker.language is not None and seeker.language not in offer.languages,
        not offer.has_room(),
        found.open_now is False,
        offer.ages.last - offer.ages.first,
        offer.name,
    )


def misfits_of(offer: Offer, seeker: Seeker) -> list[Misfit]:
    """All that speaks against the offer for this seeker; nothing where it fits."""
    texts = load_texts().fits_not
    found = []
    if not offer.takes_age(seeker.age):
        found.append(Misfit("age", texts["age"].format(ages=ages_text(offer), age=seeker.age)))
    if offer.districts is not None and not _reaches(offer.districts, seeker.districts):
        told = texts["district"] if offer.districts else texts["elsewhere"]
        found.append(Misfit("district", told.format(districts=_districts_text(offer.districts))))
    if seeker.language is not None and offer.languages and seeker.language not in offer.languages:
        spoken = ", ".join(_language(code) for code in offer.languages)
        told = texts["language"].format(language=_language(seeker.language), languages=spoken)
        found.append(Misfit("language", told))
    return [*found, *_closed(offer, seeker.day)]


def _reaches(districts: Sequence[int], possible: frozenset[int] | None) -> bool:
    return bool(districts) if possible is None else not possible.isdisjoint(districts)


def _closed(offer: Offer, day: date) -> list[Misfit]:
    texts = load_texts().fits_not
    if offer.valid_to is not None and offer.valid_to < day:
        return [Misfit("validity", texts["ended"].format(day=_day(offer.valid_to)))]
    if offer.valid_from is not None and day < offer.valid_from:
        return [Misfit("validity", texts["not_yet"].format(day=_day(offer.valid_from)))]
    return [] if offer.open else [Misfit("open", texts["closed"])]


def _fitting(offer: Offer, met: tuple[Need, ...], seeker: Seeker, vocabulary: NeedVocabulary) -> Fitting:
    all_texts = load_texts()
    texts = all_texts.fits
    labels = ", ".join(vocabulary.by_code[need].label.lower() for need in met)
    said = [
        texts["needs"].format(needs=labels),
        texts["ages"].format(ages=ages_text(offer)),
        texts["step"].format(step=offer.step, name=all_texts.steps[offer.step].lower()),
        *particulars(offer),
    ]
    if seeker.language is not None:
        known = "language" if offer.languages else "language_unknown"
        said.append(texts[known].format(language=_language(seeker.language)))
    closes = offer.closes_at(seeker.at)
    if offer.hours:
        said.append(texts["open_now"].format(closes=closes) if closes else texts["closed_now"])
    return Fitting(offer, met, " ".join(said), bool(closes) if offer.hours else None)


def particulars(offer: Offer) -> list[str]:
    """What is known of an offer's bydele and room: whole sentences, none where nothing is known."""
    if offer.districts is None and offer.capacity is None:
        return []
    texts, said = load_texts().fits, []
    if offer.districts:
        said.append(texts["districts"].format(districts=_districts_text(offer.districts)))
    if offer.capacity is not None:
        said += _room(offer.capacity.available, offer.capacity.waiting, texts)
    return said


def _room(available: int | None, waiting: int | None, texts: dict[str, str]) -> list[str]:
    said = []
    if available is not None:
        told = {0: "full", 1: "place"}.get(available, "places")
        said.append(texts[told].format(count=available))
    if waiting:
        said.append(texts["waiting"].format(count=waiting))
    return said


def ages_text(offer: Offer) -> str:
    """The offer's ages in words."""
    first, last = offer.ages.first, offer.ages.last
    name = {(False, False): "all", (True, False): "from", (False, True): "to", (True, True): "between"}
    return load_texts().ages[name[first > 0, last < OLDEST]].format(first=first, last=last)


def _districts_text(districts: Iterable[int]) -> str:
    return ", ".join(district_names()[number] for number in districts)


def _language(code: str) -> str:
    return load_texts().languages.get(code, code)


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
