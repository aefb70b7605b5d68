"""Tasks as they are answered over HTTP."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.states import TaskStatus
from services.routing.tasks.repository import Task
from services.routing.units.repository import Queue
from services.routing.wording import rule_name, task_text
from shared.ids import reference_of, show_reference


class TaskOut(BaseModel):
    """A task. Who the citizen is, only intake knows; of who did it, only the role is given."""

    id: UUID
    kind: str = Field(examples=["written_notice"])
    text: str = Field(examples=["Send borgeren en skriftlig besked med en ny dato: fristen er overskredet."])
    status: TaskStatus
    unit: str = Field(description="Whose it is", examples=["adults"])
    contact_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    rule: str = Field(examples=["application_support_at_home"])
    name: str = Field(examples=["svar på ansøgning"])
    legal_basis: str
    due_at: datetime = Field(description="The date that was missed")
    made_at: datetime
    ended_at: datetime | None
    role: str | None = Field(examples=["caseworker"])
    new_due_at: datetime | None = Field(description="The date that the citizen was told")

    @classmethod
    def of(cls, task: Task, queue: Queue) -> Self:
        return cls.model_validate(
            {
                **task._asdict(),
                "unit": queue.row.unit,
                "reference": show_reference(reference_of(task.contact_id)),
                "name": rule_name(task.rule),
                "text": task_text(task.kind),
            }
        )


class DoneBody(BaseModel):
    """The new date that the citizen was given in writing."""

    model_config = ConfigDict(extra="forbid")

    new_due_at: AwareDatetime = Field(examples=["2026-05-01T12:00:00+02:00"])
