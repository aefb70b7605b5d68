"""Duties and the acts that end them as they cross the wire."""

from datetime import datetime
from typing import Annotated, Any, Self, get_args
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.routing.deadlines.clocks import state_of
from services.routing.deadlines.schemas import ClockOut
from services.routing.duties.acts import Given, acts_of
from services.routing.duties.repository import ListedDuty
from services.routing.entries.schemas import Outcome
from services.routing.models import DutyRow
from services.routing.opening_hours.hours import OpeningHours
from services.routing.states import DutyEnding, DutyState, EntryStatus
from services.routing.wording import act_name, ending_name
from shared.free_text import Reason
from shared.ids import reference_of, show_reference
from shared.paging import Page

ActCode = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z_]+$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StartClockBody(Body):
    """What a caseworker sends to start a deadline."""

    rule: str = Field(
        max_length=60, pattern=r"^[a-z0-9_]+$", description="Which deadline", examples=["child_assessment"]
    )
    starts_at: AwareDatetime | None = Field(
        None, description="When the need became known; default now", examples=["2026-03-09T14:00:00+01:00"]
    )


class ActBody(Body):
    """An act that ends a duty. `acts` of the duty says which there are and what each requires."""

    act: ActCode = Field(examples=["assessed"])
    at: AwareDatetime | None = Field(
        None, description="When it was done; default now", examples=["2026-03-10T14:00:00+01:00"]
    )
    acute_help_needed: bool | None = Field(None, examples=[False])
    how: Reason | None = Field(None, description="In which way it was done", examples=[None])
    reason: Reason | None = Field(
        None, description="No names or numbers", examples=["Barnet er i sikkerhed hos sin mormor"]
    )
    duplicate_of: UUID | None = Field(
        None, description="The other contact, in which the same duty runs", examples=[None]
    )

    @property
    def given(self) -> dict[str, Any]:
        """What was given with the act."""
        return self.model_dump(mode="json", include=set(get_args(Given)), exclude_none=True)


class EntryActBody(ActBody):
    """An act on one of the duties of an entry that is completed."""

    id: UUID = Field(description="The duty")


class CompleteBody(Body):
    outcome: Outcome | None = Field(
        None, description="Default: advised at the reception, completed in a unit", examples=["completed"]
    )
    duties: list[EntryActBody] = Field(
        [], max_length=50, description="The acts that ended duties; each that is not named goes on"
    )


class PossibleActOut(BaseModel):
    """An act that ends the duty, and what must be given with it."""

    act: str = Field(examples=["assessed"])
    name: str = Field(examples=["Vurderet: behov for akut hjælp er afgjort"])
    ends: DutyEnding = Field(examples=["done"])
    requires: list[Given] = Field(examples=[["acute_help_needed", "reason"]])
    how: list[str] = Field(description="The possible answers; none: any", examples=[[]])


class DutyOut(BaseModel):
    """Something that a citizen is owed. `remaining_seconds` is open time where `paused_when_closed`."""

    id: UUID
    contact_id: UUID
    carried_by: UUID = Field(description="The contact whose entry displays it")
    reference: str = Field(description="The contact's, as it is read aloud", examples=["7F3K-9QTX"])
    entry_id: UUID | None = Field(description="The open entry that displays it; null without one")
    unit: str = Field(description="Who answers for it", examples=["children-amager"])
    queue: str = Field(examples=["children-amager"])
    rule: str = Field(examples=["notification_assessment"])
    name: str = Field(examples=["24-timers vurdering af underretning"])
    legal_basis: str = Field(examples=["barnets lov § 136"])
    paused_when_closed: bool = Field(examples=[False])
    starts_at: datetime
    due_at: datetime
    state: DutyState = Field(examples=["running"])
    remaining_seconds: float = Field(examples=[50400.0])
    overdue_seconds: float = Field(examples=[0.0])
    renews: UUID | None = Field(description="The missed duty in whose place it runs")
    ended_at: datetime | None
    act: str | None = Field(examples=[None])
    reason: str | None = Field(description="Why it ended otherwise", examples=[None])
    ending_text: str | None = Field(description="How it ended, in Danish", examples=[None])
    details: dict[str, Any] | None = Field(description="What was given with the act", examples=[None])
    ended_by: str | None = Field(examples=[None])
    role: str | None = Field(examples=[None])
    written_at: datetime | None
    acts: list[PossibleActOut] = Field(description="Those that end it, while it runs")

    @classmethod
    def of(cls, listed: ListedDuty, hours: OpeningHours, now: datetime) -> Self:
        duty = listed.duty
        clock = ClockOut.of(duty, hours, now).model_dump(exclude={"state"})
        ending = duty.reason or duty.act
        return cls.model_validate(
            {
                **duty.model_dump(),
                **clock,
                "reference": show_reference(reference_of(duty.contact_id)),
                "entry_id": listed.entry_id,
                "state": state_of(duty, now),
                "ending_text": None if ending is None else ending_name(ending),
                "acts": _possible_acts(duty),
            }
        )


def _possible_acts(duty: DutyRow) -> list[PossibleActOut]:
    if duty.ended_at is not None:
        return []
    return [
        PossibleActOut(
            act=act,
            name=act_name(act),
            ends=terms.ends,
            requires=sorted(terms.requires),
            how=list(terms.how),
        )
        for act, terms in acts_of(duty.rule).items()
    ]


class RunningClockOut(ClockOut):
    """A deadline that somebody still has to meet, and where its contact is, if it has an open entry."""

    entry_id: UUID | None = Field(description="Null where what is owed outlived the entry")
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    unit: str = Field(description="Who answers for it", examples=["children-amager"])
    queue: str = Field(description="Whose it is", examples=["children-amager"])
    status: EntryStatus | None = Field(
        description="Whether it waits or somebody has it", examples=["waiting"]
    )
    taken_by: str | None = Field(examples=["alma"])

    @classmethod
    def of_running(cls, running: ListedDuty, hours: OpeningHours, now: datetime) -> Self:
        """A deadline in the list of those that run out."""
        duty = running.duty
        reference = show_reference(reference_of(duty.contact_id))
        place = {"reference": reference, "unit": duty.unit, "queue": duty.queue}
        entry = {"entry_id": running.entry_id, "status": running.status, "taken_by": running.taken_by}
        return cls.of(duty, hours, now, **place, **entry)


class RunningClocksPage(Page[RunningClockOut]):
    """One page of deadlines, and how many there are of all that the caller may see."""

    counting: int = Field(description="Still to be met", examples=[41])
    overdue: int = Field(description="Of these, past their moment", examples=[3])
