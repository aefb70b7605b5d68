"""Statements on what is known of a contact, and the rows of the entries that its events make."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.contacts.state import ContactState, VisitState
from services.routing.deadlines.clocks import Deadline
from services.routing.entries.queue_order import ORDINARY_RANK, order_at, rank_of
from services.routing.entries.repository import lock_contact, lock_contacts
from services.routing.models import ContactRow, EntryRow
from services.routing.repository import ENTRIES
from services.routing.states import EntryStatus
from services.routing.units.repository import Queue
from shared.contracts import ContactTriaged, ContactWaiting, Destination, QueueVisit, TriagedCompanion
from shared.database import table_of
from shared.ids import new_id, reference_of
from shared.vocabulary import DestinationKind, Urgency

_contacts = table_of(ContactRow)


async def lock_state(session: AsyncSession, contact_id: UUID) -> ContactState:
    """What is known of the contact, locked until the transaction ends (see `lock_contact`)."""
    return ContactState.model_validate(await lock_contact(session, contact_id))


async def lock_states(session: AsyncSession, contact_ids: Iterable[UUID]) -> dict[UUID, ContactState]:
    """What is known of these contacts, all of them locked (see `lock_contacts`)."""
    locked = await lock_contacts(session, contact_ids)
    return {contact_id: ContactState.model_validate(story) for contact_id, story in locked.items()}


async def save_state(session: AsyncSession, contact_id: UUID, state: ContactState) -> None:
    await session.execute(
        update(_contacts)
        .where(_contacts.c.contact_id == contact_id)
        .values(story=state.model_dump(mode="json", exclude_defaults=True))
    )


async def visit_entries(session: AsyncSession, contact_id: UUID) -> dict[int, EntryRow]:
    """The entries of a contact's visits to the reception, by position."""
    found = await session.execute(
        select(ENTRIES).where(ENTRIES.c.contact_id == contact_id, ENTRIES.c.visit.is_not(None))
    )
    return {row["visit"]: EntryRow(**row) for row in found.mappings()}


def visit_entry(event: ContactWaiting, visit: QueueVisit, state: VisitState, queue: Queue) -> EntryRow:
    """The entry of a citizen's visit to one of the reception's queues, as intake reports it."""
    return EntryRow(
        id=new_id(),
        contact_id=event.contact_id,
        reference=event.reference,
        channel=event.channel,
        queue=queue.code,
        # A queue that we do not know keeps its name, so that staff see where the citizen meant to be.
        origin=_shortened(visit.origin or (None if visit.queue == queue.code else visit.queue)),
        ticket=event.ticket,
        visit=visit.position,
        urgency=Urgency.NORMAL,
        status=state.status,
        rank=ORDINARY_RANK,
        order_at=order_at((), visit.entered_at, queue.target),
        received_at=event.received_at,
        entered_at=visit.entered_at,
        taken_at=state.taken_at,
        taken_by=None if state.taken_at is None else visit.employee,
        agent=_shortened(visit.agent),
        left_at=state.left_at,
        ended_at=state.ended_at,
        outcome=state.outcome,
    )


def decision_entry(
    event: ContactTriaged,
    decided: ContactTriaged | TriagedCompanion,
    queue: Queue,
    duties: Sequence[Deadline],
) -> EntryRow:
    """The entry of what a triage decision sends to a unit: the event's contact itself, or a companion."""
    return EntryRow(
        id=new_id(),
        contact_id=decided.contact_id,
        reference=reference_of(decided.contact_id),
        channel=event.channel,
        queue=queue.code,
        origin=_missing_unit(decided.destination, queue),
        decision=event.decision,
        kind=decided.destination.kind,
        urgency=decided.urgency,
        status=EntryStatus.WAITING,
        rank=rank_of(decided.urgency),
        order_at=order_at(duties, event.occurred_at, queue.target),
        received_at=event.received_at,
        entered_at=event.occurred_at,
    )


def _shortened(name: str | None) -> str | None:
    """Names that exchanges give to queues and agents have no limit of their own; the columns do."""
    return None if name is None else name[:120]


def _missing_unit(destination: Destination, queue: Queue) -> str | None:
    """The responsible unit's code where it has no queue of its own, so that staff see whose it is."""
    has_its_queue = destination.kind is not DestinationKind.UNIT or queue.code == destination.unit
    return None if has_its_queue else destination.unit
