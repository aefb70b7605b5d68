"""Triage's rule sets and what was found out about them, as the pages read them."""

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from services.desk.api_models import ApiModel

RulesetStatus = Literal["draft", "checked", "simulated", "scheduled", "active", "retired"]


class Ruleset(ApiModel):
    """One version of the rules."""

    version: str
    title: str
    valid_from: date
    rows: int
    status: RulesetStatus
    revision: int
    based_on: str | None = None
    active_from: AwareDatetime | None = None
    active_until: AwareDatetime | None = None


class ChangedThing(ApiModel):
    """One thing that changed, in Danish, and each part of it that changed."""

    text: str
    parts: tuple[str, ...] = ()


class Change(ApiModel):
    """One step in a rule set's trail, with the difference that it made."""

    kind: Literal["created", "edited", "checked", "simulated", "activated", "retired"]
    revision: int
    author: str
    role: str
    reason: str | None
    at: AwareDatetime
    changes: tuple[ChangedThing, ...] = ()


class Difference(ApiModel):
    """What leads from one version to another, in Danish."""

    changes: tuple[ChangedThing, ...] = ()


class NamedText(ApiModel):
    """A definition that rows refer to by its name, in Danish."""

    name: str
    text: str


class TableSection(ApiModel):
    """Definitions of one kind, below the table."""

    heading: str
    items: list[NamedText]


class TableRow(ApiModel):
    """A row of the rules in Danish, its fields in the order of the table's columns."""

    number: int
    title: str
    condition: str
    destination: str
    urgency: str
    clocks: str
    reason: str
    source: str


class RulesetTable(ApiModel):
    """A rule set as a table that a person from the profession can read."""

    note: str
    columns: list[str]
    rows: list[TableRow]
    sections: list[TableSection]


class Finding(ApiModel):
    """A fault of the rules. `citizen` meets it: a body of the recommendations endpoint."""

    kind: Literal["gap", "clash", "unreachable", "unsettleable", "lost", "never_owed"]
    rows: list[int]
    citizen: dict[str, Any] | None
    text: str


class Proof(ApiModel):
    """Whether every citizen has exactly one destination."""

    holds: bool
    findings: list[Finding]
    rows: int


class Check(ApiModel):
    """The proof of one revision."""

    revision: int
    proof: Proof


class Place(ApiModel):
    """A destination with its Danish name."""

    label: str


class Flow(ApiModel):
    """How many contacts would go from one place to another."""

    before: Place
    after: Place
    count: int
    moves: bool


class Load(ApiModel):
    """What a unit receives per week, by the rules in force and by the draft."""

    label: str
    per_week_now: float
    per_week_then: float


class Case(ApiModel):
    """A contact that would have gone elsewhere."""

    reference: str
    before: Place
    after: Place
    rule_before: str
    rule_after: str


class Simulation(ApiModel):
    """A draft replayed over the contacts of a period."""

    revision: int
    simulated_at: AwareDatetime
    first: AwareDatetime
    last: AwareDatetime
    complete: bool
    replayed: int
    moved: int
    unanswered: int
    new_asks: int
    new_questions: dict[str, int] = Field(default_factory=dict)
    flows: list[Flow]
    loads: list[Load]
    examples: list[Case]


class Counts(ApiModel):
    """How many recommendations were decided on, and how many accepted."""

    decided: int
    accepted: int


class Period(Counts):
    """The counts of a week or a month."""

    period: str


class CountedPlace(ApiModel):
    """A place, and how many were sent there."""

    place: Place
    count: int


class CountedReason(ApiModel):
    """A reason, and how many gave it."""

    label: str
    count: int


class Example(ApiModel):
    """A contact for which the row was not followed."""

    contact_id: str
    reference: str
    outcome: Literal["accepted", "overridden", "returned"]
    decided_at: AwareDatetime


class RowTrust(Counts):
    """How far a row of the rules is followed."""

    ruleset: str
    row: int
    title: str
    place: Place
    overridden: int
    returned: int
    least_share: float
    before: Counts
    trend: list[Period]
    overridden_to: list[CountedPlace]
    reasons: list[CountedReason]
    examples: list[Example]


class Learning(ApiModel):
    """The rows of the rules that people do not follow, in a period and before it."""

    first: AwareDatetime
    last: AwareDatetime
    total: Counts
    before: Counts
    items: list[RowTrust]
