"""The rows of the contact's form for children at risk who are somebody else than the citizen.

The first row's fields are `child_age`, `child_postal_code` and `child_district`; those of a further row end
with its number, `child_age_2`. A row that somebody added is a child, even if nothing is known about it: only
the one row that every form has may be empty and mean nobody.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from services.desk.form import FieldReader, Fields
from services.desk.intake_models import ChildAtRisk

MOST_CHILDREN = 10
#: The fields of a row, in their order.
PARTS = ("age", "postal_code", "district")
#: How many rows the form has, filled in or not; `ONE_UNKNOWN` where the only row is a child without facts.
ROWS = "child_rows"
ONE_UNKNOWN = "one"
_OLDEST, _HIGHEST_DISTRICT = 130, 10
_NAME = re.compile(r"child_(age|postal_code|district)(?:_(\d+))?")
_POINTER = re.compile(r"/children/(\d+)(?:/(age|postal_code|district))?$")


def child_field(part: str, row: int) -> str:
    """The name of a row's field."""
    return f"child_{part}" if row == 1 else f"child_{part}_{row}"


def row_of(name: str) -> tuple[str, int] | None:
    """The part and the row of a field; None for any other field."""
    match = _NAME.fullmatch(name)
    return (match[1], int(match[2] or 1)) if match else None


def is_filled(fields: Fields, row: int) -> bool:
    """Whether anything is typed in the row."""
    return any(text.strip() for part in PARTS for text in fields.get(child_field(part, row), ()))


def rows_of(fields: Fields) -> list[int]:
    """The numbers of the form's rows: one at least, and never fewer than have something typed in them."""
    typed = next(iter(fields.get(ROWS, ())), "")
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 2 else 1
    filled = [row for row in range(1, MOST_CHILDREN + 1) if is_filled(fields, row)]
    return list(range(1, max(1, min(wanted, MOST_CHILDREN), *filled) + 1))


def is_a_child(fields: Fields, row: int) -> bool:
    """Whether the row means a child: something is typed in it, or it is one of several."""
    several = len(rows_of(fields)) > 1
    return several or is_filled(fields, row) or fields.get(ROWS) == [ONE_UNKNOWN]


def with_another_row(fields: Fields) -> dict[str, list[str]]:
    """The form with an empty row at the end; as it was when it has as many as there can be."""
    number = min(len(rows_of(fields)) + 1, MOST_CHILDREN)
    return {**_copied(fields), ROWS: [str(number)]}


def without_row(fields: Fields, row: int) -> dict[str, list[str]]:
    """The form without that row; those after it move up by one."""
    rows = rows_of(fields)
    kept = [one for one in rows if one != row]
    others = {name: texts for name, texts in _copied(fields).items() if row_of(name) is None}
    moved = {
        child_field(part, place): list(fields[child_field(part, one)])
        for place, one in enumerate(kept, 1)
        for part in PARTS
        if child_field(part, one) in fields
    }
    return others | moved | {ROWS: [str(max(1, len(kept)))]}


def _copied(fields: Fields) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in fields.items()}


def read_children(reader: FieldReader, fields: Fields) -> dict[int, dict[str, Any]]:
    """Each child by its row."""
    children: dict[int, dict[str, Any]] = {}
    for row in rows_of(fields):
        child = {
            "age": reader.number(child_field("age", row), _OLDEST, "no_age"),
            "postal_code": postal_code(reader, child_field("postal_code", row)),
            "district": reader.number(child_field("district", row), _HIGHEST_DISTRICT, "no_district"),
        }
        if is_a_child(fields, row):
            children[row] = {name: value for name, value in child.items() if value is not None}
    return children


def postal_code(reader: FieldReader, name: str) -> str | None:
    """Four digits; anything else is a fault and gives None."""
    code = reader.text(name)
    if code is None or (code.isascii() and code.isdigit() and len(code) == 4):
        return code
    reader.fault(name, "no_postal_code")
    return None


def answered(children: Iterable[Mapping[str, Any]]) -> set[str]:
    """The facts `child_age` ... that are known of every child, so that they cannot be unknowable."""
    known = list(children)
    return {f"child_{part}" for part in PARTS if known and all(part in child for child in known)}


def fields_of_children(children: Iterable[ChildAtRisk]) -> dict[str, list[str]]:
    """The rows as the facts fill them in."""
    rows = list(enumerate(children, 1))
    fields = {
        child_field(part, row): [str(value)]
        for row, child in rows
        for part in PARTS
        if (value := getattr(child, part)) is not None
    }
    if not rows or is_filled(fields, len(rows)):
        return fields
    return fields | {ROWS: [str(len(rows)) if len(rows) > 1 else ONE_UNKNOWN]}


def field_of_child(pointer: str, rows: Iterable[int]) -> str | None:
    """The field for a JSON pointer to a child; `rows` are the rows of the children that were sent."""
    match = _POINTER.search(pointer)
    if match is None:
        return None
    sent = list(rows)
    place = int(match[1])
    return child_field(match[2] or PARTS[0], sent[place]) if place < len(sent) else None


def field_of_question(fact: str, row: int) -> str:
    """The field that answers a question about the child of that row, in a recommendation of its own."""
    part = fact.removeprefix("child_")
    return child_field(part, row) if part in PARTS else fact
