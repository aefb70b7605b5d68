"""An offer as a form, and the form as an HSDS document: what the form does not show stays as it was."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from services.desk.contact.contact_form import Fault, Fields
from services.desk.offers.week import DAYS, Week, schedules_of, week_of

_TEXTS = ("name", "description", "status", "valid_from", "valid_to", "alert")
STATUSES = ("active", "temporarily closed", "inactive", "defunct")
_AGES = ("minimum_age", "maximum_age")
_ROOM = ("free", "places", "waiting")
_NEED, _DISTRICT = "urn:dsi:needs:", "urn:dsi:district:"
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def fields_of_offer(service: Mapping[str, Any]) -> dict[str, list[str]]:
    """The form as the offer fills it in."""
    ages, room = service.get("eligibility") or {}, service.get("capacity") or {}
    plain = {name: service.get(name) for name in _TEXTS}
    plain |= {name: ages.get(name) for name in _AGES}
    plain |= {"free": room.get("available"), "places": room.get("places"), "waiting": room.get("waiting")}
    for day, (opens, closes) in (week_of(service.get("schedules", ())) or {}).items():
        plain |= {f"opens_{day}": opens, f"closes_{day}": closes}
    fields = {name: [str(value)] for name, value in plain.items() if value is not None}
    fields["needs"] = list(ages.get("needs") or ())
    fields["districts"] = [str(number) for number in ages.get("districts") or ()]
    return fields


def offer_from(
    service: Mapping[str, Any], fields: Fields, now: datetime, names: Mapping[str, Mapping[Any, str]]
) -> tuple[dict[str, Any], list[Fault]]:
    """The whole offer as the form says it is, and what of the form cannot be.

    `names` has what the `needs` and `districts` are called, and the `units` that room is counted in.
    """
    reading = _Reading(fields)
    told: dict[str, Any] = {name: reading.text(name) for name in _TEXTS}
    told |= {name: reading.number(name, 130) for name in _AGES}
    told["schedules"] = _schedules(service, reading)
    told["capacities"] = _capacities(service, reading, now, names["units"])
    told["attributes"] = _attributes(service, reading, names["needs"])
    told["service_areas"] = _areas(service, reading, names["districts"])
    _in_order(reading, told)
    return _without_nothing({**service, **told}), reading.faults


class _Reading:
    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.faults: list[Fault] = []

    def text(self, name: str) -> str | None:
        return next((text.strip() for text in self._fields.get(name, ()) if text.strip()), None)

    def all(self, name: str) -> list[str]:
        return [text for text in self._fields.get(name, ()) if text]

    def number(self, name: str, most: int) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= most):
            self.fault(name, "no_age" if name in _AGES else "no_number")
            return None
        return int(text)

    def fault(self, name: str, text: str) -> None:
        self.faults.append(Fault(name, text))


def _in_order(reading: _Reading, told: Mapping[str, Any]) -> None:
    if told["name"] is None:
        reading.fault("name", "no_name")
    if told["status"] not in STATUSES:
        reading.fault("status", "no_status")
    first, last = told["minimum_age"], told["maximum_age"]
    if first is not None and last is not None and first > last:
        reading.fault("maximum_age", "ages_backwards")
    days = [_day(reading, name) for name in ("valid_from", "valid_to")]
    if days[0] and days[1] and days[0] > days[1]:
        reading.fault("valid_to", "days_backwards")


def _day(reading: _Reading, name: str) -> date | None:
    text = reading.text(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        reading.fault(name, "no_day")
        return None


def _schedules(service: Mapping[str, Any], reading: _Reading) -> list[Any]:
    before = list(service.get("schedules", ()))
    known = week_of(before)
    if known is None:
        return before
    week: Week = {}
    for day in DAYS:
        opens, closes = reading.text(f"opens_{day}"), reading.text(f"closes_{day}")
        if opens is None and closes is None:
            continue
        if not (opens and closes and _CLOCK.fullmatch(opens) and _CLOCK.fullmatch(closes)):
            reading.fault(f"opens_{day}", "no_hours")
            continue
        week[day] = (opens, closes)
    return before if week == known else list(schedules_of(week))


def _capacities(
    service: Mapping[str, Any], reading: _Reading, now: datetime, units: Mapping[str, str]
) -> list[Any]:
    free, places, waiting = (reading.number(name, 1_000_000) for name in _ROOM)
    if places is not None and (free is None or free > places):
        reading.fault("free", "more_free_than_places" if free is not None else "no_free")
    room = service.get("capacity") or {}
    before = list(service.get("capacities", ()))
    if (free, places, waiting) == (room.get("available"), room.get("places"), room.get("waiting")):
        return before
    kept = [one for one in before if _unit_of(one) not in {"place", "waiting"}]
    said = (("place", free, places), ("waiting", waiting, None))
    return kept + [
        {
            "id": str(uuid4()),
            "available": available,
            "maximum": most,
            "updated": now.isoformat(),
            "unit": {"id": str(uuid4()), "name": units[unit], "scheme": "dsi", "identifier": unit},
        }
        for unit, available, most in said
        if available is not None
    ]


def _unit_of(capacity: Mapping[str, Any]) -> str | None:
    unit = capacity["unit"]
    return unit.get("identifier") if unit.get("scheme") == "dsi" else None


def _attributes(service: Mapping[str, Any], reading: _Reading, names: Mapping[str, str]) -> list[Any]:
    before = list(service.get("attributes", ()))
    if set(reading.all("needs")) == set((service.get("eligibility") or {}).get("needs") or ()):
        return before
    kept = [one for one in before if not _uri(one).startswith(_NEED)]
    return kept + [
        {
            "id": str(uuid4()),
            "taxonomy_term": {
                "id": str(uuid4()),
                "name": names[need],
                "description": names[need],
                "term_uri": f"{_NEED}{need}",
            },
        }
        for need in reading.all("needs")
        if need in names
    ]


def _uri(attribute: Mapping[str, Any]) -> str:
    return str((attribute.get("taxonomy_term") or {}).get("term_uri") or "")


def _areas(service: Mapping[str, Any], reading: _Reading, names: Mapping[int, str]) -> list[Any]:
    chosen = sorted(int(number) for number in reading.all("districts") if number.isdecimal())
    if chosen == sorted((service.get("eligibility") or {}).get("districts") or ()):
        return list(service.get("service_areas", ()))
    return [
        {"id": str(uuid4()), "name": names[number], "uri": f"{_DISTRICT}{number}"}
        for number in chosen
        if number in names
    ]


def _without_nothing(document: Mapping[str, Any]) -> dict[str, Any]:
    capacities = [
        {name: value for name, value in one.items() if value is not None}
        for one in document.get("capacities", ())
    ]
    told = {name: value for name, value in document.items() if value is not None and value != []}
    return told | ({"capacities": capacities} if capacities else {})
