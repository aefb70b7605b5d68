"""How events come in from peers, and how operations see and revive what could not be delivered."""

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from shared.access import allow
from shared.contracts import EventBatch, EventReceipts
from shared.problems import NotFound, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

events_router = APIRouter(prefix="/v1/events", tags=["events"])


class DeadLetter(BaseModel):
    """An event that a peer refused too often. It is kept until an operator sends it again."""

    id: UUID
    peer: str = Field(examples=["routing"])
    type: str = Field(examples=["contact.triaged"])
    created_at: datetime
    dead_at: datetime
    attempts: int = Field(examples=[12])
    last_error: str | None = Field(examples=["ValueError"])
    subject: UUID | None = Field(description="The contact it speaks of")


class PeerState(BaseModel):
    """How many events wait for a peer, and how many are dead."""

    peer: str = Field(examples=["routing"])
    waiting: int = Field(examples=[0])
    dead: int = Field(examples=[0])


class EventsState(BaseModel):
    """The outbox at a glance, and its dead letters."""

    peers: list[PeerState]
    dead_letters: list[DeadLetter]


class Revival(BaseModel):
    """How many dead letters are on their way again."""

    revived: int = Field(examples=[1])


@events_router.post("", summary="Take a batch of events from a peer", dependencies=[allow(Role.SERVICE)])
async def take_events(batch: EventBatch, work: Writing, request: Request) -> EventReceipts:
    """Idempotent: an event that was taken before is accepted again and changes nothing."""
    state = request.app.state
    receipts: EventReceipts = await state.inbox.take(work, batch)
    state.metrics.count_received(Counter(result.status for result in receipts.results))
    return receipts


@events_router.get(
    "", summary="Events on their way, and dead letters", dependencies=[allow(Role.OPERATIONS, Role.AUDITOR)]
)
async def events_state(
    work: Reading, limit: Annotated[int, Query(ge=1, le=500, examples=[100])] = 100
) -> EventsState:
    """What is still to be delivered, and what could not be."""
    counts = await work.outbox.counts(work.session)
    return EventsState(
        peers=[PeerState(peer=peer, waiting=waiting, dead=dead) for peer, (waiting, dead) in counts.items()],
        dead_letters=[_dead_letter(row) for row in await work.outbox.dead(work.session, limit)],
    )


@events_router.post("/retry", summary="Send all dead letters again", dependencies=[allow(Role.OPERATIONS)])
async def retry_all(work: Writing) -> Revival:
    """After a fix: every dead letter starts over."""
    return Revival(revived=await work.outbox.revive(work.session, None, datetime.now(UTC)))


@events_router.post(
    "/{letter_id}/retry",
    summary="Send one dead letter again",
    dependencies=[allow(Role.OPERATIONS)],
    responses=answers(NotFound),
)
async def retry_one(letter_id: UUID, work: Writing) -> Revival:
    """Raises not-found when there is no dead letter with this id."""
    revived = await work.outbox.revive(work.session, letter_id, datetime.now(UTC))
    if not revived:
        raise NotFound("No dead letter has this id.")
    return Revival(revived=revived)


def _dead_letter(row: Any) -> DeadLetter:
    return DeadLetter(
        subject=row["payload"].get("contact_id"), **{k: v for k, v in row.items() if k != "payload"}
    )
