"""Which units a member of staff works in on a day, and a file that says so."""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from shared.periods import Period

#: The columns of a file; the last one may be left out.
COLUMNS = ("subject", "unit", "valid_from", "valid_to")
MOST_LINES = 50_000


class Membership(NamedTuple):
    """That a member of staff works in a unit, in one period (both dates included)."""

    subject: str
    unit: str
    valid_from: date
    valid_to: date | None = None


class LineFault(NamedTuple):
    """What is wrong with a line of the file, counted from 1."""

    line: int
    message: str


def units_on(memberships: Iterable[Membership], day: date) -> Mapping[str, Collection[str]]:
    """The units of each member of staff on that day.

    Who has a membership that began by then is here, even without any unit that day (they have left); of
    anybody else the file says nothing yet.
    """
    units: dict[str, set[str]] = defaultdict(set)
    for membership in memberships:
        if membership.valid_from <= day:
            mine = units[membership.subject]
            if Period.of(membership).includes(day):
                mine.add(membership.unit)
    return units


def read_lines(text: str, known_units: Collection[str]) -> tuple[list[Membership], list[LineFault]]:
    """The memberships of a CSV file (comma or semicolon, with a header), and every fault by its line."""
    found: list[Membership] = []
    faults: list[LineFault] = []
    lines = text.lstrip("\ufeff").splitlines()
    if len(lines) > MOST_LINES:
        return [], [LineFault(MOST_LINES + 1, f"more than {MOST_LINES} lines")]
    delimiter = ";" if lines and ";" in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    if not set(COLUMNS[:3]) <= set(rows.fieldnames or ()):
        return [], [LineFault(1, f"the header must name {', '.join(COLUMNS[:3])}")]
    for row in rows:
        values = {name: (row.get(name) or "").strip() for name in COLUMNS}
        wrong = list(_faults(values, known_units))
        faults += [LineFault(rows.line_num, message) for message in wrong]
        if not wrong:
            found.append(_membership(values))
    faults += _overlaps(found)
    return found, sorted(faults)


def _faults(values: Mapping[str, str], known_units: Collection[str]) -> Iterator[str]:
    if not 1 <= len(values["subject"]) <= 255:
        yield "subject is missing or longer than 255 characters"
    if values["unit"] not in known_units:
        yield f"there is no unit {values['unit'] or '(empty)'}"
    try:
        first = date.fromisoformat(values["valid_from"])
        last = date.fromisoformat(values["valid_to"]) if values["valid_to"] else None
    except ValueError:
        yield "a date is YYYY-MM-DD"
        return
    if last is not None and last < first:
        yield "valid_to is before valid_from"


def _membership(values: Mapping[str, str]) -> Membership:
    last = date.fromisoformat(values["valid_to"]) if values["valid_to"] else None
    return Membership(values["subject"], values["unit"], date.fromisoformat(values["valid_from"]), last)


def _overlaps(memberships: Iterable[Membership]) -> Iterator[LineFault]:
    """The same person twice in one unit on one day: which line was meant is not known."""
    seen: dict[tuple[str, str], list[Period]] = defaultdict(list)
    for line, membership in enumerate(memberships, 2):
        period, earlier = Period.of(membership), seen[membership.subject, membership.unit]
        if any(period.overlaps(other) for other in earlier):
            yield LineFault(line, f"{membership.subject} is in {membership.unit} on these days already")
        earlier.append(period)
