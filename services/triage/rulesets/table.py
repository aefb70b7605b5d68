"""A rule set as a table in Danish that a person from the profession can read, also as Markdown."""

from collections.abc import Iterable

from services.triage.rules.conditions import Condition
from services.triage.rules.duty import ApplicationNeeds, Duty
from services.triage.rules.ruleset import Row, RuleSet
from services.triage.rulesets.schemas import NamedText, RulesetTable, TableDuty, TableRow, TableSection
from services.triage.rulesets.wording import (
    destination_in_danish,
    in_danish,
    name_label,
    need_label,
    texts,
    unit_in_danish,
    urgency_label,
)


def table_of(ruleset: RuleSet) -> RulesetTable:
    """The whole rule set: one row of the table for each rule, then what the rules refer to by name."""
    words = texts()["table"]
    conditions = {name: in_danish(condition) for name, condition in ruleset.definitions.items()}
    units = {name: unit_in_danish(choice) for name, choice in ruleset.units.items()}
    sections = (_section(words["definitions"], conditions), _section(words["units"], units))
    return RulesetTable(
        version=ruleset.version,
        title=words["title"].format(title=ruleset.title, version=ruleset.version),
        note=words["valid"].format(day=f"{ruleset.valid_from:%d.%m.%Y}"),
        columns=_labels(words["heading"]),
        rows=[_row(row) for row in ruleset.rows],
        duty_columns=_labels(words["duty_heading"]) if ruleset.duties else [],
        duties=[_duty(duty) for duty in ruleset.duties],
        sections=[section for section in sections if section.items],
    )


def _section(heading: str, named: dict[str, str]) -> TableSection:
    items = [NamedText(name=name_label(name), text=_one_line(text)) for name, text in named.items()]
    return TableSection(heading=heading, items=items)


def _row(row: Row) -> TableRow:
    reason = row.reason or (row.companion.reason if row.companion else "")
    return TableRow(
        number=row.number,
        title=_one_line(row.title),
        condition=_one_line(in_danish(row.when)),
        destination=_one_line(destination_in_danish(row.destination)),
        urgency=_one_line(_listed((urgency_label(part.urgency), part.when) for part in row.urgency)),
        clocks=_one_line(_listed((name_label(part.clock), part.when) for part in row.clocks)),
        reason=_one_line(reason),
        source=_one_line(row.source),
    )


def _labels(heading: str) -> list[str]:
    return [label.strip() for label in heading.strip("| ").split("|")]


def _duty(duty: Duty) -> TableDuty:
    clocks = [*map(name_label, duty.named_clocks), *map(_applications, duty.applications)]
    return TableDuty(
        code=duty.code,
        title=_one_line(duty.title),
        condition=_one_line(in_danish(duty.when)),
        urgency="" if duty.urgency is None else urgency_label(duty.urgency),
        clocks=_one_line("; ".join(clocks)),
        warnings=_one_line("; ".join(map(name_label, duty.warnings))),
        reason=_one_line(duty.reason),
        source=_one_line(duty.source),
    )


def _applications(part: ApplicationNeeds) -> str:
    words = texts()["table"]
    needs = ", ".join(map(need_label, part.needs or part.besides or ()))
    sentence = words["applications"].format(
        needs=needs if part.needs is not None else words["any_other"].format(needs=needs)
    )
    return _listed([(sentence, part.when)])


def _listed(parts: Iterable[tuple[str, Condition | None]]) -> str:
    """What goes along with a row, each with its own condition where it has one."""
    when = texts()["table"]["when"]
    return ", ".join(
        what if condition is None else when.format(what=what, condition=in_danish(condition))
        for what, condition in parts
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def markdown_of(ruleset: RuleSet) -> str:
    """The same table as a Markdown document."""
    words, table = texts()["table"], table_of(ruleset)
    lines = [f"# {table.title}", "", table.note, "", words["heading"], words["ruler"]]
    lines += ["| " + " | ".join(_escaped(str(cell)) for cell in row.cells) + " |" for row in table.rows]
    if table.duties:
        lines += ["", f"## {words['duties']}", "", words["duty_heading"], words["ruler"]]
        lines += ["| " + " | ".join(_escaped(str(cell)) for cell in row.cells) + " |" for row in table.duties]
    for section in table.sections:
        lines += ["", f"## {section.heading}", ""]
        lines += [f"- „{_escaped(item.name)}“: {_escaped(item.text)}" for item in section.items]
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    """Text that stays inside its cell, whatever characters its author used."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
