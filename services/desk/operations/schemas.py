"""What operations read: deadlines, events between services, telephony, and statistics."""

from typing import Literal

from pydantic import AwareDatetime, Field

from services.desk.api_models import ApiModel, Listing
from services.desk.routing_models import Clock, Figures


class RunningClock(Clock):
    """A deadline that runs, with the entry it belongs to, if there is one."""

    contact_id: str
    entry_id: str | None
    reference: str
    queue: str
    status: Literal["waiting", "taken", "completed", "abandoned", "returned", "transferred"] | None


class RunningClocks(Listing[RunningClock]):
    """The deadlines that run out next; `counting` and `overdue` are the numbers of all."""

    counting: int
    overdue: int


class Peer(ApiModel):
    """Events to another service that wait, and that could not be delivered."""

    waiting: int
    dead: int


class DeadLetter(ApiModel):
    """An event that could not be delivered; `subject` is the contact it is about."""

    id: str
    peer: str
    type: str
    created_at: AwareDatetime
    attempts: int
    last_error: str | None
    subject: str | None


class Events(ApiModel):
    """A service's events to the others."""

    peers: list[Peer]
    dead_letters: list[DeadLetter]


class SetAside(ApiModel):
    """How many telephony messages could not be interpreted, for one reason."""

    form: str
    reason: str
    count: int


class Inconsistent(ApiModel):
    """How many calls contradict themselves in one way."""

    inconsistency: str
    count: int


class Telephony(ApiModel):
    """What the telephone systems sent."""

    since: AwareDatetime
    set_aside: list[SetAside]
    unread: int
    open_calls: int
    inconsistent: list[Inconsistent]


class UnconfiguredQueue(ApiModel):
    """A telephone queue that belongs to no line."""

    source: str
    queue: str
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime


class Rerun(ApiModel):
    """How many messages are interpreted again."""

    rerun: int


class Revival(ApiModel):
    """How many dead letters are sent again."""

    revived: int


class Compliance(ApiModel):
    """How the duties that were due in a period were kept; `ended_otherwise` is by reason."""

    met: int = 0
    met_late: int = 0
    ended_otherwise: dict[str, int] = Field(default_factory=dict)


class Group(Figures):
    """Routing's figures of an hour or a rule, or of the whole period (without either)."""

    starts_at: AwareDatetime | None
    rule: str | None = None
    deadlines: Compliance = Compliance()


class Statistics(ApiModel):
    """Routing's statistics of a period."""

    total: Group
    groups: list[Group]
