"""How an entry comes to be: its place in the order is decided here and does not change while it waits."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.contacts.story import Stay
from services.routing.deadlines.clocks import Deadline
from services.routing.entries.queue_order import ORDINARY_RANK, order_at, rank_of
from services.routing.models import EntryRow
from services.routing.states import EntryStatus
from services.routing.units.repository import Queue
from shared.contracts import ContactTriaged, ContactWaiting, Destination, QueueVisit, TriagedCompanion
from shared.ids import new_id, reference_of
from shared.vocabulary import DestinationKind, Urgency


def entry_of_visit(event: ContactWaiting, visit: QueueVisit, stay: Stay, queue: Queue) -> EntryRow:
    """A citizen's stay in one of the reception's queues, as intake tells of it."""
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
        status=stay.status,
        rank=ORDINARY_RANK,
        order_at=order_at((), visit.entered_at, queue.target),
        received_at=event.received_at,
        entered_at=visit.entered_at,
        taken_at=stay.taken_at,
        taken_by=None if stay.taken_at is None else visit.employee,
        agent=_shortened(visit.agent),
        left_at=stay.left_at,
        ended_at=stay.ended_at,
        outcome=stay.outcome,
    )


def entry_of_decision(
    event: ContactTriaged, told: ContactTriaged | TriagedCompanion, queue: Queue, clocks: Sequence[Deadline]
) -> EntryRow:
    """What a triage decision sends to a unit: the contact itself, or a companion the event tells of."""
    return EntryRow(
        id=new_id(),
        contact_id=told.contact_id,
        reference=reference_of(told.contact_id),
        channel=event.channel,
        queue=queue.code,
        origin=_missing_unit(told.destination, queue),
        decision=event.decision,
        kind=told.destination.kind,
        urgency=told.urgency,
        status=EntryStatus.WAITING,
        rank=rank_of(told.urgency),
        order_at=order_at(clocks, event.occurred_at, queue.target),
        received_at=event.received_at,
        entered_at=event.occurred_at,
    )


def _shortened(name: str | None) -> str | None:
    """Names that exchanges give to queues and agents have no limit of their own."""
    return None if name is None else name[:120]


def _missing_unit(destination: Destination, queue: Queue) -> str | None:
    """The responsible unit's code where it has no queue of its own, so that staff see whose it is."""
    has_its_queue = destination.kind is not DestinationKind.UNIT or queue.code == destination.unit
    return None if has_its_queue else destination.unit


def successor_of(entry: EntryRow, queue: Queue, clocks: Sequence[Deadline], now: datetime) -> EntryRow:
    """The entry that goes on in another queue, with its urgency and clocks."""
    return EntryRow(
        id=new_id(),
        contact_id=entry.contact_id,
        reference=entry.reference,
        channel=entry.channel,
        queue=queue.code,
        ticket=entry.ticket,
        decision=entry.decision,
        kind=entry.kind,
        urgency=entry.urgency,
        status=EntryStatus.WAITING,
        rank=entry.rank,
        order_at=order_at(clocks, now, queue.target),
        received_at=entry.received_at,
        entered_at=now,
        by_person=True,
    )
