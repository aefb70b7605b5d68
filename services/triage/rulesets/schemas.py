"""What goes in and out about rule sets over HTTP."""

from datetime import date, datetime
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.triage.models import RulesetChange, RulesetRow
from services.triage.rules.ruleset import Version
from services.triage.rulesets.difference_wording import changes_in_danish, difference_in_danish
from services.triage.rulesets.differences import Difference, difference
from services.triage.rulesets.timetable import Life, RulesetStatus, Timetable, status_of


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid")


_LINES = ["Række 16 „Hjemløshed“ er ændret."]


class CopyIn(RequestBody):
    """A new draft with the content of another rule set."""

    copy_of: Version = Field(examples=["1"])
    version: Version | None = Field(None, description="Default: the next number", examples=["2"])
    title: str | None = Field(None, min_length=1, max_length=200)
    valid_from: date | None = Field(None, description="The first day it may be put in force")


class RulesetItem(BaseModel):
    """A rule set and its status. `revision` counts the changes of its content, as in the ETag."""

    version: str = Field(examples=["1"])
    title: str
    valid_from: date = Field(description="The first day it may be in force")
    rows: int = Field(examples=[21])
    duties: int = Field(0, examples=[14])
    status: RulesetStatus
    revision: int = Field(examples=[1])
    based_on: str | None = Field(None, examples=["1"])
    active_from: datetime | None = None
    active_until: datetime | None = None


class ChangeText(BaseModel):
    """One thing that changed, as a Danish sentence, and a sentence for each part of it that changed."""

    text: str = Field(examples=["Række 16 „Hjemløshed“ er ændret."])
    parts: list[str] = Field([], examples=[["kilde: fra „§ 110“ til „servicelovens § 110“."]])


class ChangeOut(BaseModel):
    """One step in a rule set's life; `text` and `changes` give the difference in Danish."""

    kind: Literal["created", "edited", "checked", "simulated", "activated", "retired"]
    revision: int = Field(examples=[2])
    author: str = Field(description="The subject of the caller's token")
    role: str = Field(examples=["rules_editor"])
    reason: str | None
    at: datetime
    difference: Difference | None = None
    text: list[str] = Field(description="A line for each thing; its parts are indented", examples=[_LINES])
    changes: list[ChangeText] = Field([], description="The same as `text`, with the parts in lists")


class DifferenceOut(BaseModel):
    """What changes one rule set into another: as data that can be applied, and in Danish."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from", examples=["1"])
    to: str = Field(examples=["2"])
    difference: Difference
    text: list[str] = Field(description="A line for each thing; its parts are indented", examples=[_LINES])
    changes: list[ChangeText] = Field([], description="The same as `text`, with the parts in lists")


class NamedText(BaseModel):
    """A definition that rows refer to by its name, in Danish."""

    name: str = Field(examples=["uden for kommunen"])
    text: str


class TableSection(BaseModel):
    """Definitions of one kind, below the table."""

    heading: str = Field(examples=["Begreber"])
    items: list[NamedText]


class TableRow(BaseModel):
    """A row of the rule set in Danish. What it does not have is an empty text."""

    number: int = Field(examples=[16])
    title: str = Field(examples=["Hjemløshed"])
    condition: str
    destination: str
    urgency: str
    clocks: str
    reason: str
    source: str

    @property
    def cells(self) -> tuple[object, ...]:
        """The cells in the order of the columns."""
        return tuple(getattr(self, name) for name in type(self).model_fields)


class TableDuty(BaseModel):
    """A duty of the rule set in Danish. What it does not have is an empty text."""

    code: str = Field(examples=["notification"])
    title: str = Field(examples=["Underretning"])
    condition: str
    urgency: str
    clocks: str
    warnings: str
    reason: str
    source: str

    @property
    def cells(self) -> tuple[object, ...]:
        """The cells in the order of the columns."""
        return tuple(getattr(self, name) for name in type(self).model_fields)


class RulesetTable(BaseModel):
    """A rule set in Danish: where a contact goes (`rows`), and what is owed (`duties`).

    `columns` and `duty_columns` are the labels of their fields, in their order.
    """

    version: str = Field(examples=["1"])
    title: str = Field(examples=["Regelsæt 1 (version 1)"])
    note: str = Field(description="From when it may apply, and how the rows are read")
    columns: list[str] = Field(examples=[["Nr.", "Regel", "Gælder når"]])
    rows: list[TableRow]
    duty_columns: list[str] = Field([], examples=[["Kode", "Pligt", "Gælder når"]])
    duties: list[TableDuty] = []
    sections: list[TableSection]


def body_of(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads a rule set from JSON or YAML itself."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": schema, "example": example},
                "application/yaml": {
                    "schema": {"type": "string"},
                    "example": "version: '2'\ntitle: Regelsæt 2\nvalid_from: 2026-06-01\nrows: [...]\n",
                },
            },
        }
    }


def present_ruleset(row: RulesetRow, timetable: Timetable, now: datetime) -> RulesetItem:
    """The rule set with its status at `now`."""
    return RulesetItem(
        version=row.version,
        title=row.title,
        valid_from=row.content["valid_from"],
        rows=len(row.content["rows"]),
        duties=len(row.content.get("duties", ())),
        status=status_of(life_of(row), timetable, now),
        revision=row.revision,
        based_on=row.based_on,
        active_from=row.active_from,
        active_until=timetable.until(row.version),
    )


def present_change(change: RulesetChange) -> ChangeOut:
    """A step of the trail, with its difference in Danish."""
    found = None if change.difference is None else Difference.model_validate(change.difference)
    return ChangeOut.model_validate(
        {
            **change.model_dump(exclude={"subject", "difference"}),
            "author": change.subject,
            "difference": found,
            "text": [] if found is None else difference_in_danish(found),
            "changes": [] if found is None else _changes(found),
        }
    )


def _changes(found: Difference) -> list[ChangeText]:
    return [ChangeText(text=text, parts=parts) for text, parts in changes_in_danish(found)]


def present_difference(before: RulesetRow, after: RulesetRow) -> DifferenceOut:
    """What changes the first rule set into the second."""
    found = difference(before.content, after.content)
    return DifferenceOut(
        from_=before.version,
        to=after.version,
        difference=found,
        text=difference_in_danish(found),
        changes=_changes(found),
    )


def yaml_of(row: RulesetRow) -> str:
    """The rule set as YAML: the text that its author sent, or else its content without defaults."""
    return row.source or yaml.safe_dump(row.content, allow_unicode=True, sort_keys=False, width=110)


def life_of(row: RulesetRow) -> Life:
    """The columns that the rule set's status follows from."""
    return Life(
        row.version,
        row.revision,
        row.checked_revision,
        row.simulated_revision,
        row.active_from,
        row.withdrawn_at,
    )
