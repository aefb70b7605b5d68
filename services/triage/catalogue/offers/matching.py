"""Which offers fit a citizen, in which order, and in Danish why each one does or does not.

The lowest step of the indsatstrappe comes first, whatever else speaks for an offer (domain.md § 5). What is
not known of an offer never counts against it, and the text says that it is not known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.triage.catalogue.offers.offer import Offer
from services.triage.catalogue.offers.texts import district_names, load_texts
from services.triage.rules.case import OLDEST
from shared.city.needs import STEPS, NeedVocabulary
from shared.vocabulary import Need
from shared.working_days import local_date


@dataclass(frozen=True)
class Seeker:
    """The citizen that an offer is sought for. None means unknown; `districts` are the possible bydele."""

    needs: frozenset[Need]
    age: int | None
    districts: frozenset[int] | None
    language: str | None
    at: datetime

    @property
    def day(self) -> date:
        return local_date(self.at)


@dataclass(frozen=True)
class FittingOffer:
    """An offer that fits, the needs of the seeker that it meets, and why."""

    offer: Offer
    met: tuple[Need, ...]
    why: str
    open_now: bool | None


@dataclass(frozen=True)
class Misfit:
    """One reason why an offer does not fit: the fact that it depends on, and the reason in Danish."""

    fact: str
    text: str


@dataclass(frozen=True)
class NearMiss:
    """An offer that meets a need, and all reasons why it does not fit."""

    offer: Offer
    why_not: tuple[Misfit, ...]


def match(
    offers: Iterable[Offer], seeker: Seeker, vocabulary: NeedVocabulary
) -> tuple[list[FittingOffer], list[NearMiss]]:
    """The offers that fit, best first; and those that meet a need and do not fit, fewest reasons first."""
    fitting, close = [], []
    for offer in offers:
        met = tuple(need for need in offer.needs if need in seeker.needs)
        if not met:
            continue
        misfits = tuple(misfits_of(offer, seeker))
        if misfits:
            close.append(NearMiss(offer, misfits))
        else:
            fitting.append(_fitting(offer, met, seeker, vocabulary))
    fitting.sort(key=lambda found: _rank(found, seeker))
    close.sort(key=lambda found: (len(found.why_not), STEPS.index(found.offer.step), found.offer.name))
    return fitting, close


def _rank(found: FittingOffer, seeker: Seeker) -> tuple[int, int, bool, bool, bool, int, str]:
    offer = found.offer
    return (
        STEPS.index(offer.step),
        -len(found.met),
        # An offer that fits and does not have the language is one whose languages are not known.
        seeker.language is not None and seeker.language not in offer.languages,
        not offer.has_room(),
        found.open_now is False,
        offer.ages.last - offer.ages.first,
        offer.name,
    )


def misfits_of(offer: Offer, seeker: Seeker) -> list[Misfit]:
    """All reasons why the offer does not fit this seeker; none where it fits."""
    texts = load_texts().fits_not
    found = []
    if not offer.takes_age(seeker.age):
        found.append(Misfit("age", texts["age"].format(ages=ages_text(offer), age=seeker.age)))
    if offer.districts is not None and not _reaches(offer.districts, seeker.districts):
        text = texts["district"] if offer.districts else texts["elsewhere"]
        found.append(Misfit("district", text.format(districts=_districts_text(offer.districts))))
    if seeker.language is not None and offer.languages and seeker.language not in offer.languages:
        spoken = ", ".join(_language(code) for code in offer.languages)
        text = texts["language"].format(language=_language(seeker.language), languages=spoken)
        found.append(Misfit("language", text))
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


def _fitting(offer: Offer, met: tuple[Need, ...], seeker: Seeker, vocabulary: NeedVocabulary) -> FittingOffer:
    all_texts = load_texts()
    texts = all_texts.fits
    labels = ", ".join(vocabulary.by_code[need].label.lower() for need in met)
    why = [
        texts["needs"].format(needs=labels),
        texts["ages"].format(ages=ages_text(offer)),
        texts["step"].format(step=offer.step, name=all_texts.steps[offer.step].lower()),
        *particulars(offer),
    ]
    if seeker.language is not None:
        known = "language" if offer.languages else "language_unknown"
        why.append(texts[known].format(language=_language(seeker.language)))
    closes = offer.closes_at(seeker.at)
    if offer.hours:
        why.append(texts["open_now"].format(closes=closes) if closes else texts["closed_now"])
    return FittingOffer(offer, met, " ".join(why), bool(closes) if offer.hours else None)


def particulars(offer: Offer) -> list[str]:
    """What is known of an offer's bydele and room: whole sentences, none where nothing is known."""
    if offer.districts is None and offer.capacity is None:
        return []
    texts, sentences = load_texts().fits, []
    if offer.districts:
        sentences.append(texts["districts"].format(districts=_districts_text(offer.districts)))
    if offer.capacity is not None:
        sentences += _room(offer.capacity.available, offer.capacity.waiting, texts)
    return sentences


def _room(available: int | None, waiting: int | None, texts: dict[str, str]) -> list[str]:
    sentences = []
    if available is not None:
        text = {0: "full", 1: "place"}.get(available, "places")
        sentences.append(texts[text].format(count=available))
    if waiting:
        sentences.append(texts["waiting"].format(count=waiting))
    return sentences


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
