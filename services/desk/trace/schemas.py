"""Answers of the services that only a contact's history reads."""

from typing import Literal

from pydantic import AwareDatetime, Field

from services.desk.api_models import ApiModel


class FoundReference(ApiModel):
    """A contact with the reference that was searched for."""

    id: str


class CallKey(ApiModel):
    """What names a call: exchanges use their call ids again."""

    source: str
    call_id: str
    occurrence: int


class Visit(ApiModel):
    """A call's wait in one telephone queue."""

    queue: str | None = None
    entered_at: AwareDatetime
    left_at: AwareDatetime | None = None
    outcome: Literal["waiting", "answered", "abandoned", "overflowed", "transferred", "lost"]
    wait_seconds: float | None = None


class Talk(ApiModel):
    """A call's conversation with one agent."""

    ended_at: AwareDatetime | None = None
    talk_seconds: float | None = None


class Call(ApiModel):
    """A call with its waits and conversations."""

    line: str
    started_at: AwareDatetime
    gone_at: AwareDatetime | None = None
    visits: list[Visit]
    talks: list[Talk]
    inconsistencies: list[str]


class Referral(ApiModel):
    """A referral to an offer, and whether the citizen came."""

    needs: list[str]
    referred_at: AwareDatetime
    role: str
    came: Literal["yes", "no", "unknown"]
    #: When it was reported whether the citizen came.
    outcome_at: AwareDatetime | None = Field(validation_alias="told_at")


class Access(ApiModel):
    """Access to the contact's personal data, as intake logged it."""

    at: AwareDatetime
    subject: str
    role: str
    action: str
    purpose: str
