"""A rule set, and the difference between two, as Markdown that a person from the profession can read."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from services.triage.rules.conditions import Condition
from services.triage.rules.ruleset import DestinationChoice, Row, RuleSet, UnitChoice
from services.triage.rulesets.differences import Difference, PartChange, RowChange
from services.triage.rulesets.wording import (
    destination_in_danish,
    in_danish,
    name_label,
    texts,
    unit_in_danish,
    urgency_label,
)

_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
_CHOICES: TypeAdapter[tuple[DestinationChoice, ...]] = TypeAdapter(tuple[DestinationChoice, ...])
_UNIT: TypeAdapter[Any] = TypeAdapter(UnitChoice)


def markdown_of(ruleset: RuleSet) -> str:
    """The whole rule set: one row of the table for each rule."""
    said = texts()["table"]
    lines = [
        f"# {said['title'].format(title=ruleset.title, version=ruleset.version)}",
        "",
        said["valid"].format(day=f"{ruleset.valid_from:%d.%m.%Y}"),
        "",
        said["heading"],
        said["ruler"],
        *(_table_row(row) for row in ruleset.rows),
    ]
    named = {name: in_danish(condition) for name, condition in ruleset.definitions.items()}
    units = {name: unit_in_danish(choice) for name, choice in ruleset.units.items()}
    return "\n".join([*lines, *_listed(said["definitions"], named), *_listed(said["units"], units), ""])


def _listed(title: str, named: dict[str, str]) -> list[str]:
    if not named:
        return []
    return [
        "",
        f"## {title}",
        "",
        *(f"- „{_cell(name_label(name))}“: {_cell(text)}" for name, text in named.items()),
    ]


def _table_row(row: Row) -> str:
    cells = (
        str(row.number),
        row.title,
        in_danish(row.when),
        destination_in_danish(row.destination),
        _along((urgency_label(part.urgency), part.when) for part in row.urgency),
        _along((name_label(part.clock), part.when) for part in row.clocks),
        row.reason or (row.companion.reason if row.companion else ""),
        row.source,
    )
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _along(parts: Iterable[tuple[str, Condition | None]]) -> str:
    when = texts()["table"]["when"]
    return ", ".join(
        what if condition is None else when.format(what=what, condition=in_danish(condition))
        for what, condition in parts
    )


def _cell(text: str) -> str:
    """Text that stays inside its cell, whatever somebody wrote in it."""
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())


def difference_in_danish(change: Difference) -> list[str]:
    """A sentence for each thing that changed; the parts of a row follow the row, indented."""
    said = texts()["differences"]
    lines = [_part(part) for part in change.parts]
    for row in change.rows:
        lines += [_row(row), *(f"  {_part(part)}" for part in row.parts)]
    if change.order:
        sections = ", ".join(texts()["names"][section] for section in change.order)
        lines.append(said["order"].format(sections=sections))
    return lines or [said["none"]]


def _row(change: RowChange) -> str:
    said = texts()["differences"]
    moved = said["moved"].format(was=change.was) if change.was != change.now else ""
    return said[f"row_{change.kind}"].format(
        was=change.was, now=change.now, title=change.title, moved=moved if change.kind == "changed" else ""
    )


def _part(part: PartChange) -> str:
    said, names = texts()["differences"], texts()["names"]
    filled = {when: _value(part, value) for when, value in (("before", part.before), ("after", part.after))}
    change = said[part.kind].format(**filled)
    if part.section:
        return said["inner"].format(section=names[part.section], name=name_label(part.name), change=change)
    return said["part"].format(name=names.get(part.name, part.name), change=change)


def _value(part: PartChange, value: Any) -> str:
    if value is None:
        return "–"
    if part.section == "definitions" or part.name == "when":
        return in_danish(_CONDITION.validate_python(value))
    if part.section == "units":
        return unit_in_danish(_UNIT.validate_python(value))
    if part.name == "destination":
        return destination_in_danish(_CHOICES.validate_python(value))
    return f"„{value}“" if isinstance(value, str) else _plainly(value)


def _plainly(value: Any) -> str:
    """What has no sentence of its own: its values under their Danish names."""
    names = texts()["names"]
    if isinstance(value, dict):
        return ", ".join(
            in_danish(_CONDITION.validate_python(inner))
            if name == "when"
            else f"{names.get(name, name)} {_plainly(inner)}"
            for name, inner in value.items()
        )
    return "; ".join(map(_plainly, value)) if isinstance(value, list) else name_label(str(value))
