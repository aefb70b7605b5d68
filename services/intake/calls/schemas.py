"""What intake is told about calls, and what it answers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, RootModel, model_validator
from pydantic_core import CoreSchema

from services.intake.calls.state import CallOutcome, Inconsistency, TalkEnd, VisitOutcome
from services.intake.telephony.canonical import CallEvent, Name, Source
from shared.vocabulary import Administration

MOST_EVENTS = 1000


class CallEvents(RootModel[list[CallEvent]]):
    """One event, or a list of at most 1,000."""

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list_of_one(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = handler.resolve_ref_schema(handler(schema))
        one = many["items"]
        many |= {"anyOf": [one, {"type": "array", "items": one, "maxItems": MOST_EVENTS}]}
        del many["items"], many["type"]
        return many


class Receipt(BaseModel):
    """What became of deliveries: on disk now, or known before. What they mean is found afterwards."""

    received: int = Field(examples=[3])
    new: int = Field(examples=[2])
    duplicates: int = Field(examples=[1])


class VisitOut(BaseModel):
    """One stay in one queue. Computed and reported waits are kept apart."""

    position: int = Field(examples=[1])
    queue: str | None = Field(None, description="The exchange's name for it", examples=["socialservice"])
    configured: bool = Field(True, description="False for a queue that no line has")
    entered_at: datetime
    left_at: datetime | None = None
    outcome: VisitOutcome
    agent: str | None = Field(None, examples=["Anna"])
    missed_offers: int = Field(0, description="How often an agent's phone rang in vain")
    wait_seconds: float | None = Field(None, description="Computed from the moments", examples=[4])
    reported_wait_seconds: float | None = Field(None, description="As the exchange says", examples=[4])


class TalkOut(BaseModel):
    """One talk with one agent."""

    queue: str | None = None
    agent: str | None = Field(None, examples=["Anna"])
    started_at: datetime
    ended_at: datetime | None = None
    ended_by: TalkEnd | None = None
    talk_seconds: float | None = Field(None, description="Computed from the moments", examples=[120])
    reported_talk_seconds: float | None = None


class MyPhone(BaseModel):
    """A phone of an exchange, by the exchange's name for whoever answers there."""

    model_config = ConfigDict(extra="forbid")

    source: Source = Field(examples=["asterisk"])
    agent: Name = Field(examples=["Anna"])


class MyCall(BaseModel):
    """A call at one's own phone. It names nobody."""

    contact_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    state: Literal["answered", "ringing"]
    since: datetime = Field(description="Answered then, or in the queue since then")
    line: str = Field(examples=["hovednummer"])
    queue: str | None = Field(None, description="The exchange's name for it", examples=["socialservice"])
    waited_seconds: float | None = Field(None, description="Once answered", examples=[42.0])
    status: str = Field(description="The contact's", examples=["open"])
    withheld: bool = Field(description="The caller shows no number")


class CallItem(BaseModel):
    """A call as lists show it."""

    source: str = Field(examples=["asterisk"])
    call_id: str = Field(examples=["pbx-1795312303.0"])
    occurrence: int = Field(description="Which of the calls that bore this id, from 1", examples=[1])
    contact_id: UUID
    line: str = Field(description="The line the caller chose", examples=["hovednummer"])
    answered_by: Administration | None = Field(
        None, description="The administration whose people answered; null when nobody did", examples=["KFF"]
    )
    outcome: CallOutcome
    started_at: datetime
    gone_at: datetime | None = Field(None, description="When the caller was gone; null while still there")
    visits: list[VisitOut]
    inconsistencies: list[Inconsistency] = Field(description="What in its story does not add up")


class CallOut(CallItem):
    """A call, as derived from all its events."""

    talks: list[TalkOut]
    caller: str | None = Field(None, description="E.164; null when withheld", examples=["+4520000001"])
