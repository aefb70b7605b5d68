"""The difference between two rule sets in Danish, a sentence for each thing that changed."""

from typing import Any

from pydantic import TypeAdapter

from services.triage.rules.conditions import Condition
from services.triage.rules.ruleset import DestinationChoice, UnitChoice
from services.triage.rulesets.differences import Difference, DutyChange, PartChange, RowChange
from services.triage.rulesets.wording import (
    destination_in_danish,
    in_danish,
    name_label,
    need_label,
    texts,
    unit_in_danish,
    urgency_label,
)
from shared.vocabulary import Need

#: The parts that are lists of needs.
_NEEDS = ("needs", "besides")
_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
_CHOICES: TypeAdapter[tuple[DestinationChoice, ...]] = TypeAdapter(tuple[DestinationChoice, ...])
_UNIT: TypeAdapter[Any] = TypeAdapter(UnitChoice)


def changes_in_danish(change: Difference) -> list[tuple[str, list[str]]]:
    """A sentence for each thing that changed, with the sentences for its parts; empty when nothing did."""
    changes = [(_part(part), list[str]()) for part in change.parts]
    changes += [(_row(row), [_part(part) for part in row.parts]) for row in change.rows]
    changes += [(_duty(duty), [_part(part) for part in _parts_of(duty)]) for duty in change.duties]
    if change.order:
        sections = ", ".join(texts()["names"][section] for section in change.order)
        changes.append((texts()["differences"]["order"].format(sections=sections), []))
    return changes


def difference_in_danish(change: Difference) -> list[str]:
    """The same as lines of text: the parts follow what they are part of, indented."""
    lines: list[str] = []
    for sentence, parts in changes_in_danish(change):
        lines += [sentence, *(f"  {part}" for part in parts)]
    return lines or [texts()["differences"]["none"]]


def _row(change: RowChange) -> str:
    sentences = texts()["differences"]
    moved = sentences["moved"].format(was=change.was) if change.was != change.now else ""
    return sentences[f"row_{change.kind}"].format(
        was=change.was, now=change.now, title=change.title, moved=moved if change.kind == "changed" else ""
    )


def _duty(change: DutyChange) -> str:
    sentence: str = texts()["differences"][f"duty_{change.kind}"].format(title=change.title)
    return sentence


def _parts_of(change: DutyChange) -> tuple[PartChange, ...]:
    """What changed; of a new duty also when it holds and what it gives."""
    if change.kind != "added" or change.duty is None:
        return change.parts
    gives = [name for name in ("when", "urgency", "clocks", "warnings") if name in change.duty]
    return tuple(PartChange(section="", name=name, kind="added", after=change.duty[name]) for name in gives)


def _part(part: PartChange) -> str:
    sentences, names = texts()["differences"], texts()["names"]
    change = sentences[part.kind].format(before=_value(part, part.before), after=_value(part, part.after))
    if part.section:
        name = name_label(part.name)
        return sentences["inner"].format(section=names[part.section], name=name, change=change)
    return sentences["part"].format(name=names.get(part.name, part.name), change=change)


def _value(part: PartChange, value: Any) -> str:
    if value is None:
        return "–"
    if part.section == "definitions" or part.name == "when":
        return in_danish(_CONDITION.validate_python(value))
    if part.section == "units":
        return unit_in_danish(_UNIT.validate_python(value))
    if part.name == "destination":
        return destination_in_danish(_CHOICES.validate_python(value))
    if part.name == "urgency" and isinstance(value, str):
        return urgency_label(value)
    return f"„{value}“" if isinstance(value, str) else _plainly(value)


def _needs(codes: list[str]) -> str:
    return "; ".join(need_label(Need(code)) for code in codes)


def _plainly(value: Any) -> str:
    """A value without a sentence of its own: its parts with their Danish names."""
    names = texts()["names"]
    if isinstance(value, dict):
        return ", ".join(
            in_danish(_CONDITION.validate_python(inner))
            if name == "when"
            else f"{names.get(name, name)} {_needs(inner) if name in _NEEDS else _plainly(inner)}"
            for name, inner in value.items()
        )
    return "; ".join(map(_plainly, value)) if isinstance(value, list) else name_label(str(value))
