"""The difference between two rule sets, row by row and duty by duty, as data that can be applied.

Rows are matched by their titles, so that a row that is put in between does not make every row below it a new
one. A row that only got another number is not a change; one that refers to another row by its number is.
Duties are matched by their codes.
"""

from difflib import SequenceMatcher
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.triage.rules.ruleset import RuleSet

#: A rule set as data, without default values. Equal rule sets have equal forms.
Plain = dict[str, Any]

_MAPS = ("questions", "texts", "clocks", "definitions", "units")
_SINGLE = ("version", "title", "valid_from", "administrations")
_DUTIES = "duties"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class PartChange(_Part):
    """One named part that changed: of the rule set itself, of its definitions and texts, or of a row."""

    section: str = Field(description="Where it is; empty for the rule set or the row itself")
    name: str = Field(examples=["valid_from"])
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


class RowChange(_Part):
    """One row that changed: `was` and `now` are its numbers before and after."""

    kind: Literal["added", "removed", "changed"]
    was: int | None = None
    now: int | None = None
    title: str
    row: dict[str, Any] | None = Field(None, description="The whole row, when it was added or removed")
    parts: tuple[PartChange, ...] = ()


class DutyChange(_Part):
    """One duty that changed."""

    kind: Literal["added", "removed", "changed"]
    code: str
    title: str
    duty: dict[str, Any] | None = Field(None, description="The whole duty, when it was added or removed")
    parts: tuple[PartChange, ...] = ()


class Difference(_Part):
    """Everything that changes one rule set into another. `order` has sections whose names changed places."""

    parts: tuple[PartChange, ...] = ()
    rows: tuple[RowChange, ...] = ()
    duties: tuple[DutyChange, ...] = ()
    order: dict[str, list[str]] = Field({}, description="By section, its names in their order afterwards")

    def __bool__(self) -> bool:
        return bool(self.parts or self.rows or self.duties or self.order)


def plain(ruleset: RuleSet) -> Plain:
    """The rule set as it is stored and compared."""
    content: Plain = ruleset.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    fixed: Plain = _in_fixed_order(content)
    return fixed


def _in_fixed_order(part: Any) -> Any:
    """With the values of sets sorted: else equal rule sets could have different forms."""
    if isinstance(part, dict):
        return {
            name: sorted(value) if name == "besides" else _in_fixed_order(value)
            for name, value in part.items()
        }
    return [_in_fixed_order(value) for value in part] if isinstance(part, list) else part


def difference(before: Plain, after: Plain) -> Difference:
    """What changes `before` into `after`."""
    parts = [*_parts("", _only(before, _SINGLE), _only(after, _SINGLE))]
    order: dict[str, list[str]] = {}
    for section in _MAPS:
        was, now = before.get(section, {}), after.get(section, {})
        parts += _parts(section, was, now)
        if _with_parts(was, _parts(section, was, now)) != list(now):
            order[section] = list(now)
    was, now = _by_code(before), _by_code(after)
    duties = _duties(was, now)
    if list(_applied_duties(duties, was)) != list(now):
        order[_DUTIES] = list(now)
    return Difference(
        parts=tuple(parts),
        rows=tuple(_rows(before["rows"], after["rows"])),
        duties=duties,
        order=order,
    )


def applied(change: Difference, before: Plain) -> Plain:
    """`before` with every change made."""
    after: Plain = _changed(_only(before, _SINGLE), change.parts, "")
    for section in _MAPS:
        named = _changed(before.get(section, {}), change.parts, section)
        if section in change.order:
            named = {name: named[name] for name in change.order[section]}
        if named:
            after[section] = named
    after["rows"] = _applied_rows(change.rows, before["rows"])
    duties = _applied_duties(change.duties, _by_code(before))
    if duties:
        after[_DUTIES] = [duties[code] for code in change.order.get(_DUTIES, duties)]
    return after


def _by_code(content: Plain) -> dict[str, Plain]:
    return {duty["code"]: duty for duty in content.get(_DUTIES, [])}


def _duties(before: dict[str, Plain], after: dict[str, Plain]) -> tuple[DutyChange, ...]:
    found = []
    for part in _parts(_DUTIES, before, after):
        title = (part.before if part.kind == "removed" else part.after)["title"]
        if part.kind == "changed":
            inner = tuple(_parts("", part.before, part.after))
            found.append(DutyChange(kind="changed", code=part.name, title=title, parts=inner))
        else:
            duty = part.before if part.kind == "removed" else part.after
            found.append(DutyChange(kind=part.kind, code=part.name, title=title, duty=duty))
    return tuple(found)


def _applied_duties(changes: tuple[DutyChange, ...], before: dict[str, Plain]) -> dict[str, Plain]:
    after = dict(before)
    for change in changes:
        if change.kind == "removed":
            del after[change.code]
        elif change.kind == "added":
            after[change.code] = change.duty or {}
        else:
            after[change.code] = _changed(after[change.code], change.parts, "")
    return after


def _only(content: Plain, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: content[name] for name in names if name in content}


def _parts(section: str, before: dict[str, Any], after: dict[str, Any]) -> list[PartChange]:
    found = []
    for name in [*before, *(name for name in after if name not in before)]:
        was, now = before.get(name), after.get(name)
        if name not in after:
            found.append(PartChange(section=section, name=name, kind="removed", before=was))
        elif name not in before:
            found.append(PartChange(section=section, name=name, kind="added", after=now))
        elif was != now:
            found.append(PartChange(section=section, name=name, kind="changed", before=was, after=now))
    return found


def _with_parts(before: dict[str, Any], parts: list[PartChange]) -> list[str]:
    return list(_changed(before, tuple(parts), parts[0].section if parts else ""))


def _changed(before: dict[str, Any], parts: tuple[PartChange, ...], section: str) -> dict[str, Any]:
    after = dict(before)
    for part in parts:
        if part.section != section:
            continue
        if part.kind == "removed":
            del after[part.name]
        else:
            after[part.name] = part.after
    return after


def _rows(before: list[Plain], after: list[Plain]) -> list[RowChange]:
    found: list[RowChange] = []
    was_titles, now_titles = ([row["title"] for row in rows] for rows in (before, after))
    matcher = SequenceMatcher(None, was_titles, now_titles, autojunk=False)
    for tag, b0, b1, a0, a1 in matcher.get_opcodes():
        pairs = min(b1 - b0, a1 - a0) if tag in {"equal", "replace"} else 0
        for was, now in zip(before[b0 : b0 + pairs], after[a0 : a0 + pairs], strict=True):
            found += _row(was, now)
        found += [
            RowChange(kind="removed", was=row["number"], title=row["title"], row=row)
            for row in before[b0 + pairs : b1]
        ]
        found += [
            RowChange(kind="added", now=row["number"], title=row["title"], row=row)
            for row in after[a0 + pairs : a1]
        ]
    return found


def _row(was: Plain, now: Plain) -> list[RowChange]:
    parts = _parts("", _unnumbered(was), _unnumbered(now))
    if not parts:
        return []
    numbers = {"was": was["number"], "now": now["number"]}
    return [RowChange(kind="changed", **numbers, title=now["title"], parts=tuple(parts))]


def _unnumbered(row: Plain) -> Plain:
    return {name: value for name, value in row.items() if name != "number"}


def _applied_rows(changes: tuple[RowChange, ...], before: list[Plain]) -> list[Plain]:
    removed = {change.was for change in changes if change.kind == "removed"}
    changed = {change.was: change.parts for change in changes if change.kind == "changed"}
    added = {change.now: change.row for change in changes if change.kind == "added"}
    kept = iter([row for row in before if row["number"] not in removed])
    after: list[Plain] = []
    for number in range(1, len(before) - len(removed) + len(added) + 1):
        row = added.get(number)
        if row is None:
            kept_row = next(kept)
            row = _changed(kept_row, changed.get(kept_row["number"], ()), "")
        after.append({**row, "number": number})
    return after
