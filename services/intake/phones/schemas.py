"""One's own phone and the calls at it, as they are received and answered."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.intake.telephony.canonical import Name, Source
from shared.ids import show_reference


class MyPhone(BaseModel):
    """A phone of an exchange, by the exchange's name for the agent who answers there."""

    model_config = ConfigDict(extra="forbid")

    source: Source = Field(examples=["asterisk"])
    agent: Name = Field(examples=["Anna"])


class MyCall(BaseModel):
    """A call at one's own phone. It names no person."""

    contact_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    state: Literal["answered", "ringing"]
    since: datetime = Field(description="Answered then, or in the queue since then")
    line: str = Field(examples=["hovednummer"])
    queue: str | None = Field(None, description="The exchange's name for it", examples=["socialservice"])
    waited_seconds: float | None = Field(None, description="Once answered", examples=[42.0])
    status: str = Field(description="The contact's", examples=["open"])
    withheld: bool = Field(description="The caller shows no number")


_CALLS = TypeAdapter(list[MyCall])


def as_json(calls: list[MyCall]) -> str:
    """The calls as the stream sends them."""
    return _CALLS.dump_json(calls).decode()


def my_call(call: Any, contact: Any, state: str, since: datetime) -> MyCall:
    """The call of a row of `calls`, with its contact's row."""
    visit = call.visits[-1] if call.visits else {}
    return MyCall.model_validate(
        {
            "contact_id": contact.id,
            "reference": show_reference(contact.reference),
            "state": state,
            "since": since,
            "line": contact.line,
            "queue": visit.get("queue"),
            "waited_seconds": visit.get("wait_seconds"),
            "status": contact.status,
            "withheld": contact.phone_index is None,
        }
    )
