"""Deriving calls: each call is derived from all its stored events, and is a contact of its own.

Many calls are derived at once, since statements cost more than computing: what is stored of them is read
together, `contact_changes.py` computes what changes, and all of it is written together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.call_story.columns import StoredCall
from services.intake.call_story.fold import calls_of
from services.intake.call_story.matching import matched
from services.intake.call_story.visits import unconfigured_queues
from services.intake.callback_store import service as callback_service
from services.intake.calls import contact_changes, repository
from services.intake.calls.pending_writes import PendingWrites
from services.intake.contacts import repository as contacts_repository
from services.intake.delivery_store import repository as deliveries_repository
from services.intake.delivery_store.service import event_of
from services.intake.lines.dependencies import lines_of
from services.intake.models import CallRecord
from services.intake.phones.repository import seats_at
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.forms import Uninterpretable
from services.intake.vault import vault_of
from shared.access import Principal
from shared.database import refresh_live_after_commit
from shared.phone_numbers import normalised_phone
from shared.row_batch import RowBatch
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Role

#: The subject in the access log of what calls change about contacts.
EXCHANGE = Principal("telephony", frozenset({Role.TELEPHONY}), frozenset())

EventsByDelivery = Mapping[UUID, CallEvent]


async def derive(
    work: UnitOfWork, source: str, call_ids: Collection[str], interpreted: EventsByDelivery
) -> None:
    """Derive all calls with these ids of one exchange. The exchange must be locked.

    `interpreted` are the events that the caller has at hand already, so that they are not interpreted again.
    """
    events = await _events_by_call(work, source, call_ids, interpreted)
    if not events:
        return
    since = min(event.occurred_at for several in events.values() for event in several)
    restarts = await deliveries_repository.restarts_of(work.session, source, since)
    known: dict[str, list[StoredCall]] = defaultdict(list)
    for row in await repository.stored_calls(work.session, source, list(events)):
        known[row.call_id].append(row)
    ids = [row.contact_id for rows in known.values() for row in rows]
    contacts = await contacts_repository.lock_contacts(work.session, ids)
    seats = await seats_at(work.session, source, since)
    writes = PendingWrites(source, seats, lines_of(work), vault_of(work), work.clock.now())
    for call_id in sorted(events):
        pairs, merged = matched(known[call_id], calls_of(events[call_id], restarts))
        for stored, call in pairs:
            if stored is None:
                contact_changes.add_call(writes, call, call_id)
            else:
                contact_changes.change_call(writes, call, stored, contacts[stored.contact_id])
        for stored in merged:
            contact_changes.merge_call(writes, stored, contacts[stored.contact_id])
    await _write(work, writes)


async def _events_by_call(
    work: UnitOfWork, source: str, call_ids: Collection[str], interpreted: EventsByDelivery
) -> dict[str, list[CallEvent]]:
    events: dict[str, list[CallEvent]] = defaultdict(list)
    if not call_ids:
        return events
    for row in await deliveries_repository.events_of(work.session, source, sorted(call_ids)):
        event = interpreted.get(row.id) or _call_event(work, row)
        if event is not None:
            events[event.call_id].append(event)
    return events


def _call_event(work: UnitOfWork, row: deliveries_repository.DeliveryRow) -> CallEvent | None:
    try:
        event = event_of(work, row)
    except Uninterpretable:
        # Its form was changed since it was interpreted; the delivery is kept, and is no event any more.
        return None
    return event if isinstance(event, CallEvent) else None


async def _write(work: UnitOfWork, writes: PendingWrites) -> None:
    refresh_live_after_commit(work.session)
    rows = RowBatch()
    contacts_repository.note_contacts(rows, writes.new_contacts)
    repository.note_calls(rows, writes.new_calls)
    work.outbox.note(rows, writes.events)
    accesses: tuple[tuple[access_log.Action, Iterable[UUID]], ...] = (
        ("create", (contact.id for contact in writes.new_contacts)),
        ("change", writes.changed),
    )
    for action, ids in accesses:
        for contact_id in ids:
            access_log.add_access(
                rows, EXCHANGE, action, access_log.CALLING, at=writes.now, contact=contact_id
            )
    await contacts_repository.store_states(work.session, writes.moved_contacts)
    await contacts_repository.store_late_numbers(work.session, writes.numbers)
    await repository.change_calls(work.session, writes.changed_calls)
    await repository.drop_calls(work.session, writes.merged_calls)
    await rows.write(work.session)
    await callback_service.update_callbacks(work, writes.source, writes.calls)
    calls_now = [call for call in writes.calls.values() if call is not None]
    seen = unconfigured_queues(calls_now, writes.lines, writes.source)
    await repository.note_unconfigured(work.session, writes.source, seen)
    count = work.state.gauges.inconsistent_calls
    for kind, calls in writes.inconsistencies.items():
        count.labels(kind).inc(calls)


async def caller_of(work: UnitOfWork, record: CallRecord) -> str | None:
    """The caller's number, which only the call's events have; None when withheld."""
    events = (await _events_by_call(work, record.source, [record.call_id], {}))[record.call_id]
    since = min((event.occurred_at for event in events), default=record.started_at)
    restarts = await deliveries_repository.restarts_of(work.session, record.source, since)
    same = (call for call in calls_of(events, restarts) if call.occurrence == record.occurrence)
    call = next(same, None)
    return None if call is None else normalised_phone(call.caller)
