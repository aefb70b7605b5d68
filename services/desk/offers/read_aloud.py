"""An offer's address, telephone and hours, as lines to read to a citizen: from HSDS, in given words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: `phone`, `hours`, `and` and the `days` by their codes of RFC 5545 (texts/da/contact.yaml).
Words = Mapping[str, Any]


def offer_lines(service: Mapping[str, Any], words: Words) -> list[str]:
    """Where, by which number, and when; each on a line of its own."""
    parts = [service, *(service.get("service_at_locations") or ())]
    return [line for part in parts for line in _part(part, words)]


def _part(part: Mapping[str, Any], words: Words) -> Iterator[str]:
    for address in (part.get("location") or {}).get("addresses") or ():
        yield f"{address['address_1']}, {address['postal_code']} {address['city']}"
    for phone in part.get("phones") or ():
        yield words["phone"].format(number=phone["number"])
    for schedule in part.get("schedules") or ():
        yield _hours(schedule, words)


def _hours(schedule: Mapping[str, Any], words: Words) -> str:
    codes = str(schedule.get("byday") or "").split(",")
    days = _listed([words["days"][code] for code in codes if code in words["days"]], words["and"])
    opens, closes = (_clock(schedule.get(name)) for name in ("opens_at", "closes_at"))
    text: str = words["hours"].format(days=days, opens=opens, closes=closes)
    return text.strip().capitalize()


def _clock(text: object) -> str:
    return str(text or "?")[:5].replace(":", ".")


def _listed(days: Sequence[str], joined: str) -> str:
    return f"{', '.join(days[:-1])} {joined} {days[-1]}" if len(days) > 1 else "".join(days)
