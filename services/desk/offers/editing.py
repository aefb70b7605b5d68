"""An offer as a form, and the form as an HSDS document again: what the form does not have stays as it was."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from services.desk.form import Fault, FieldReader, Fields
from services.desk.offers.schemas import HsdsDocument
from services.desk.offers.week import DAYS, Week, schedules_of, week_of

_TEXTS = ("name", "description", "status", "valid_from", "valid_to", "alert")
STATUSES = ("active", "temporarily closed", "inactive", "defunct")
_AGES = ("minimum_age", "maximum_age")
_ROOM = ("free", "places", "waiting")
_HIGHEST_AGE, _MOST_ROOM = 130, 1_000_000
_NEED, _DISTRICT = "urn:dsi:needs:", "urn:dsi:district:"
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def fields_of_offer(service: HsdsDocument) -> dict[str, list[str]]:
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
    service: HsdsDocument, fields: Fields, now: datetime, names: Mapping[str, Mapping[Any, str]]
) -> tuple[HsdsDocument, list[Fault]]:
    """The whole offer as the form says it is, and the form's faults.

    `names` are those of the `needs`, the `districts`, and the `units` that room is counted in.
    """
    reader = FieldReader(fields)
    changed: HsdsDocument = {name: reader.text(name) for name in _TEXTS}
    changed |= {name: reader.number(name, _HIGHEST_AGE, "no_age") for name in _AGES}
    changed["schedules"] = _schedules(service, reader)
    changed["capacities"] = _capacities(service, reader, now, names["units"])
    changed["attributes"] = _attributes(service, reader, names["needs"])
    changed["service_areas"] = _areas(service, reader, names["districts"])
    _check_order(reader, changed)
    return _without_empty({**service, **changed}), reader.faults


def _check_order(reader: FieldReader, changed: Mapping[str, Any]) -> None:
    if changed["name"] is None:
        reader.fault("name", "no_name")
    if changed["status"] not in STATUSES:
        reader.fault("status", "no_status")
    first, last = changed["minimum_age"], changed["maximum_age"]
    if first is not None and last is not None and first > last:
        reader.fault("maximum_age", "ages_backwards")
    days = [_day(reader, name) for name in ("valid_from", "valid_to")]
    if days[0] and days[1] and days[0] > days[1]:
        reader.fault("valid_to", "days_backwards")


def _day(reader: FieldReader, name: str) -> date | None:
    text = reader.text(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        reader.fault(name, "no_day")
        return None


def _schedules(service: HsdsDocument, reader: FieldReader) -> list[Any]:
    before = list(service.get("schedules", ()))
    known = week_of(before)
    if known is None:
        return before
    week: Week = {}
    for day in DAYS:
        opens, closes = reader.text(f"opens_{day}"), reader.text(f"closes_{day}")
        if opens is None and closes is None:
            continue
        if not (opens and closes and _CLOCK.fullmatch(opens) and _CLOCK.fullmatch(closes)):
            reader.fault(f"opens_{day}", "no_hours")
            continue
        week[day] = (opens, closes)
    return before if week == known else list(schedules_of(week))


def _capacities(
    service: HsdsDocument, reader: FieldReader, now: datetime, units: Mapping[str, str]
) -> list[Any]:
    free, places, waiting = (reader.number(name, _MOST_ROOM, "no_number") for name in _ROOM)
    if places is not None and (free is None or free > places):
        reader.fault("free", "more_free_than_places" if free is not None else "no_free")
    room = service.get("capacity") or {}
    before = list(service.get("capacities", ()))
    # Unchanged: the moment of the last update stays, too.
    if (free, places, waiting) == (room.get("available"), room.get("places"), room.get("waiting")):
        return before
    kept = [one for one in before if _unit_of(one) not in {"place", "waiting"}]
    rooms = (("place", free, places), ("waiting", waiting, None))
    return kept + [
        {
            "id": str(uuid4()),
            "available": available,
            "maximum": most,
            "updated": now.isoformat(),
            "unit": {"id": str(uuid4()), "name": units[unit], "scheme": "dsi", "identifier": unit},
        }
        for unit, available, most in rooms
        if available is not None
    ]


def _unit_of(capacity: Mapping[str, Any]) -> str | None:
    unit = capacity["unit"]
    return unit.get("identifier") if unit.get("scheme") == "dsi" else None


def _attributes(service: HsdsDocument, reader: FieldReader, names: Mapping[str, str]) -> list[Any]:
    before = list(service.get("attributes", ()))
    if set(reader.all("needs")) == set((service.get("eligibility") or {}).get("needs") or ()):
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
        for need in reader.all("needs")
        if need in names
    ]


def _uri(attribute: Mapping[str, Any]) -> str:
    return str((attribute.get("taxonomy_term") or {}).get("term_uri") or "")


def _areas(service: HsdsDocument, reader: FieldReader, names: Mapping[int, str]) -> list[Any]:
    chosen = sorted(int(number) for number in reader.all("districts") if number.isdecimal())
    if chosen == sorted((service.get("eligibility") or {}).get("districts") or ()):
        return list(service.get("service_areas", ()))
    return [
        {"id": str(uuid4()), "name": names[number], "uri": f"{_DISTRICT}{number}"}
        for number in chosen
        if number in names
    ]


def _without_empty(document: HsdsDocument) -> HsdsDocument:
    capacities = [
        {name: value for name, value in one.items() if value is not None}
        for one in document.get("capacities", ())
    ]
    known = {name: value for name, value in document.items() if value is not None and value != []}
    return known | ({"capacities": capacities} if capacities else {})
