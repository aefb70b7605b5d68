"""The result of the proof of a rule set."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

FindingKind = Literal["gap", "clash", "unreachable", "unsettleable", "lost", "never_owed"]


class Finding(BaseModel):
    """One fault of a rule set. `rows` are the rows that it is about, `at` which of the row's destinations,
    `duty` the code of a duty: one that the law demands and nobody counts, or one that can never hold.

    `citizen` is a body for POST /v1/recommendations that has the fault as its answer; None where the fault is
    that there is no such citizen.
    """

    model_config = ConfigDict(frozen=True)

    kind: FindingKind
    rows: tuple[int, ...]
    at: int | None = None
    duty: str | None = None
    citizen: dict[str, Any] | None
    text: str


class Proof(BaseModel):
    """The result: `holds` when `rows` rows and `duties` duties were proved without a finding.

    `seconds` is how long it took.
    """

    model_config = ConfigDict(frozen=True)

    holds: bool
    findings: tuple[Finding, ...]
    rows: int
    duties: int = 0
    seconds: float
