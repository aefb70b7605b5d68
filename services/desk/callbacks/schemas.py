"""Intake's call-backs and its phone lines, as the pages of call-backs read them."""

from typing import Literal

from pydantic import AwareDatetime

from services.desk.api_models import ApiModel, Listing
from shared.vocabulary import Channel

Status = Literal["waiting", "taken", "settled", "cleared", "withdrawn"]
Outcome = Literal["answered", "reached", "helped_otherwise", "wrong_number", "not_reached"]


class Callback(ApiModel):
    """A number that is owed a call."""

    id: str
    status: Status
    line: str
    phone: str | None = None
    attempts: int
    waiting_since: AwareDatetime
    longest_wait_seconds: float
    short: bool
    tries: int
    taken_by: str | None = None
    due_at: AwareDatetime
    due_because: Literal["waiting_since", "next_try_at"]
    outcome: Outcome | None = None


class NumberCall(ApiModel):
    """One of the number's calls to the city that day."""

    contact_id: str
    line: str
    started_at: AwareDatetime
    answered_at: AwareDatetime | None = None
    waited_seconds: float


class Action(ApiModel):
    """One step in a call-back's trail."""

    at: AwareDatetime
    action: Literal["take", "release", "attempt", "settle", "clear"]
    subject: str
    outcome: Outcome | None = None
    next_try_at: AwareDatetime | None = None
    contact_id: str | None = None


class CallbackWithTrail(Callback):
    """A call-back with its calls and its trail."""

    calls: list[NumberCall]
    trail: list[Action]


class CallbackPage(Listing[Callback]):
    """One page of call-backs; `anonymous_today` calls gave no number."""

    anonymous_today: int


class CallbackCount(ApiModel):
    """How many call-backs of a line have a status."""

    line: str
    status: Status
    count: int
    first_due_at: AwareDatetime


class AnonymousCount(ApiModel):
    """How many calls of a line gave no number on a day."""

    line: str
    count: int


class CallbackSummary(ApiModel):
    """The call-backs counted; no number is in it, so reading it is not logged as access to personal data."""

    callbacks: list[CallbackCount]
    anonymous: list[AnonymousCount]

    @property
    def fingerprint(self) -> str:
        """A short text that differs when a call-back came, was tried or was taken."""
        return "~".join(sorted(f"{one.line}.{one.status}.{one.count}" for one in self.callbacks))


class Line(ApiModel):
    """A way to reach the city; `code` is what call-backs name it by."""

    code: str
    name: str
    channel: Channel


class Cleared(ApiModel):
    """What clearing a group did, or as a preview would do."""

    count: int
    by_line: dict[str, int]


class ClearingRecord(ApiModel):
    """A group that was cleared before."""

    at: AwareDatetime
    subject: str
    role: str
    reason: str
    cleared: int
