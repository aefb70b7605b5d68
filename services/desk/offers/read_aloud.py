"""An offer's address, telephone and hours, as lines to read to a citizen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.desk.offers.schemas import Offer, OfferPlace, Schedule

#: `phone`, `hours`, `and` and the `days` by their codes of RFC 5545 (texts/da/contact.yaml).
Words = Mapping[str, Any]


def offer_lines(offer: Offer, words: Words) -> list[str]:
    """Where, by which number, and when; each on a line of its own."""
    general = OfferPlace(phones=offer.phones, schedules=offer.schedules)
    return [line for place in (general, *offer.service_at_locations) for line in _lines(place, words)]


def _lines(place: OfferPlace, words: Words) -> Iterator[str]:
    for address in place.location.addresses if place.location else ():
        yield f"{address.address_1}, {address.postal_code} {address.city}"
    for phone in place.phones:
        yield words["phone"].format(number=phone.number)
    for schedule in place.schedules:
        yield _hours(schedule, words)


def _hours(schedule: Schedule, words: Words) -> str:
    codes = (schedule.byday or "").split(",")
    days = _joined([words["days"][code] for code in codes if code in words["days"]], words["and"])
    opens, closes = _clock(schedule.opens_at), _clock(schedule.closes_at)
    text: str = words["hours"].format(days=days, opens=opens, closes=closes)
    return text.strip().capitalize()


def _clock(text: str | None) -> str:
    return (text or "?")[:5].replace(":", ".")


def _joined(days: Sequence[str], last: str) -> str:
    return f"{', '.join(days[:-1])} {last} {days[-1]}" if len(days) > 1 else "".join(days)
