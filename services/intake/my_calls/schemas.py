"""What one's own phone takes and answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.intake.telephony.canonical import Name, Source


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
