"""The reception's queues and calls, as its overview reads and renders them."""

from dataclasses import dataclass
from typing import Literal

from pydantic import AwareDatetime

from services.desk.api_models import ApiModel
from services.desk.routing_models import Entry, Queue
from shared.vocabulary import Channel


class MyPhone(ApiModel):
    """The telephone that the user works at: an agent of an exchange."""

    source: str
    agent: str


class MyCall(ApiModel):
    """A call that rings or is answered at the user's telephone."""

    contact_id: str
    reference: str
    state: Literal["answered", "ringing"]
    line: str
    waited_seconds: float | None = None
    withheld: bool


class FoundContact(ApiModel):
    """A contact that a search found."""

    id: str
    reference: str
    channel: Channel
    received_at: AwareDatetime
    status: Literal["waiting", "open", "registered", "triaged", "closed"]
    address_protected: bool
    name: str | None = None


@dataclass(frozen=True)
class QueueWithEntries:
    """A queue with the first entries that wait in it."""

    queue: Queue
    waiting: list[Entry]


@dataclass(frozen=True)
class ReceptionQueues:
    """The reception's queues, and the entries that the user has taken."""

    queues: list[QueueWithEntries]
    mine: list[Entry]
