"""What goes in and out about simulations."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.triage.wire_types import ReceivedAt, RequestBody
from shared.contracts import Facts
from shared.vocabulary import DestinationKind, Unit


class SimulateIn(RequestBody):
    """The period whose assessments are replayed; both ends are optional."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: ReceivedAt | None = Field(
        None, alias="from", description="Default: four weeks before `to`", examples=["2026-02-01T00:00:00Z"]
    )
    to: ReceivedAt | None = Field(None, description="Default now; not included")

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.from_ is not None and self.to is not None and self.from_ >= self.to:
            raise ValueError("from must be before to")
        return self


class PlaceOut(BaseModel):
    """A destination, and what it is called."""

    kind: DestinationKind
    unit: Unit
    administration: str | None = None
    label: str = Field(examples=["Ungeområdet"])


class FlowOut(BaseModel):
    """The number of contacts that would go from one place to another, or stay."""

    before: PlaceOut
    after: PlaceOut
    count: int = Field(examples=[12])
    moves: bool = Field(description="Whether the two places differ")


class LoadOut(BaseModel):
    """What a unit gets in a week, by the rules of the time and by the draft."""

    unit: Unit
    label: str
    per_week_now: float = Field(examples=[31.5])
    per_week_then: float = Field(examples=[29.0])


class OwedOut(BaseModel):
    """A clock or a warning: how many contacts have it by the rules of the time, and by the draft.

    Those of the children's own contacts count with the contact that opens them.
    """

    code: str = Field(examples=["notification_assessment"])
    label: str = Field(examples=["24-timers vurdering af underretning"])
    now: int
    then: int
    changed: int = Field(description="Contacts that would get it, or would no longer have it")
    examples: list[str] = Field(description="References of some of these", examples=[["7F3K-9QTX"]])


class CaseOut(BaseModel):
    """A contact that would move. Only examples have facts, which contain no name and no number."""

    assessment_id: UUID
    contact_id: UUID
    reference: str = Field(examples=["7F3K-9QTX"])
    before: PlaceOut
    after: PlaceOut
    rule_before: str = Field(examples=["16"])
    rule_after: str = Field(examples=["16"])
    facts: Facts | None = None


class SimulationOut(BaseModel):
    """A draft replayed over the assessments of a period."""

    version: str = Field(examples=["2"])
    revision: int
    simulated_at: datetime
    first: datetime
    last: datetime
    complete: bool = Field(description="False when time ran out; then the newest contacts are in it")
    replayed: int = Field(description="Contacts, each by its newest assessment")
    moved: int
    unanswered: int = Field(description="Contacts for which the draft has no answer at all")
    new_asks: int = Field(description="Contacts that are settled today and would be asked about")
    new_questions: dict[str, int] = Field({}, description="The facts that they would be asked for")
    flows: list[FlowOut]
    loads: list[LoadOut]
    owed: list[OwedOut] = Field([], description="What citizens are owed, most changed first")
    examples: list[CaseOut]
    cases: list[CaseOut]
    cases_left_off: int
