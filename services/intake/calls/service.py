"""Calls and their contacts: each call is one contact, derived from all that is stored of it.

Many calls are derived at once, since statements cost more than thinking: what is known of them is read
together, `call_contacts.py` thinks, and what it wants written is written together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.call_story.columns import StoredCall, columns_of
from services.intake.call_story.fold import calls_of
from services.intake.call_story.matching import matched
from services.intake.call_story.state import Call
from services.intake.call_story.visits import is_queue_unknown, line_of, reception_visits, unconfigured_queues
from services.intake.callback_store import service as callback_service
from services.intake.calls import repository
from services.intake.calls.pending_writes import Changes
from services.intake.contacts import contact_status
from services.intake.contacts import repository as contacts_repository
from services.intake.contacts.contact_events import closed_event, waiting_event
from services.intake.contacts.contact_status import ContactStatus, Outcome, Standing
from services.intake.delivery_store import repository as deliveries_repository
from services.intake.delivery_store.service import interpreted
from services.intake.lines.dependencies import lines_of
from services.intake.models import CallRecord, ContactColumns
from services.intake.phones.repository import seats_at
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.forms import Uninterpretable
from services.intake.vault import Said, sealed_columns, vault_of
from shared.access import Principal
from shared.database import refresh_live_after_commit
from shared.ids import new_id, reference_of
from shared.phone_numbers import normalised_phone
from shared.row_batch import RowBatch
from shared.unit_of_work import Context, UnitOfWork
from shared.vocabulary import Channel, Role

#: Who stands in the trail for what calls do to contacts.
EXCHANGE = Principal("telephony", frozenset({Role.TELEPHONY}), frozenset())

Fresh = Mapping[UUID, CallEvent]


async def derive(work: UnitOfWork, source: str, call_ids: Collection[str], fresh: Fresh) -> None:
    """Derive all calls with these ids of one exchange. The exchange must be locked.

    `fresh` has the events that were interpreted just now, by delivery, so that it is not done twice.
    """
    stories = await _stories(work, source, call_ids, fresh)
    if not stories:
        return
    since = min(event.occurred_at for story in stories.values() for event in story)
    restarts = await deliveries_repository.restarts_of(work.session, source, since)
    known: dict[str, list[StoredCall]] = defaultdict(list)
    for row in await repository.stored_calls(work.session, source, list(stories)):
        known[row.call_id].append(row)
    ids = [row.contact_id for rows in known.values() for row in rows]
    contacts = await contacts_repository.standing_contacts(work.session, ids)
    changes = Changes(source, await seats_at(work.session, source, since))
    for call_id in sorted(stories):
        pairs, left = matched(known[call_id], calls_of(stories[call_id], restarts))
        for stored, call in pairs:
            known_as = None if stored is None else (stored, contacts[stored.contact_id])
            follow(work, changes, call, call_id, known_as)
        for away in left:
            merge_away(work, changes, away, contacts[away.contact_id])
    await _write(work, changes)


async def _stories(
    work: UnitOfWork, source: str, call_ids: Collection[str], fresh: Fresh
) -> dict[str, list[CallEvent]]:
    stories: dict[str, list[CallEvent]] = defaultdict(list)
    if not call_ids:
        return stories
    for row in await deliveries_repository.events_of(work.session, source, sorted(call_ids)):
        event = fresh.get(row.id)
        if event is None:
            try:
                told = interpreted(work, row)
            except Uninterpretable:
                # Its form has changed its mind since; the delivery is kept, and counts no more.
                continue
            event = told if isinstance(told, CallEvent) else None
        if event is not None:
            stories[event.call_id].append(event)
    return stories


async def _write(work: UnitOfWork, changes: Changes) -> None:
    refresh_live_after_commit(work.session)
    rows = RowBatch()
    contacts_repository.note_contacts(rows, changes.new_contacts)
    repository.note_calls(rows, changes.new_calls)
    work.outbox.note(rows, changes.events)
    now = work.clock.now()
    accesses: tuple[tuple[access_log.Action, Iterable[UUID]], ...] = (
        ("create", (contact.id for contact in changes.new_contacts)),
        ("change", changes.changed),
    )
    for action, ids in accesses:
        for contact_id in ids:
            access_log.add_access(rows, EXCHANGE, action, access_log.CALLING, at=now, contact=contact_id)
    await contacts_repository.change_standings(work.session, changes.moved_contacts)
    await contacts_repository.write_numbers(work.session, changes.numbers)
    await repository.change_calls(work.session, changes.changed_calls)
    await repository.drop_calls(work.session, changes.merged_away)
    await rows.write(work.session)
    await callback_service.update_callbacks(work, changes.source, changes.calls)
    calls_now = [call for call in changes.calls.values() if call is not None]
    seen = unconfigured_queues(calls_now, lines_of(work), changes.source)
    await repository.note_unconfigured(work.session, changes.source, seen)
    count = work.state.gauges.inconsistent_calls
    for kind, calls in changes.inconsistencies.items():
        count.labels(kind).inc(calls)


async def caller_of(work: UnitOfWork, record: CallRecord) -> str | None:
    """The caller's number, told from the call's events; None when withheld."""
    story = (await _stories(work, record.source, [record.call_id], {}))[record.call_id]
    since = min((event.occurred_at for event in story), default=record.started_at)
    restarts = await deliveries_repository.restarts_of(work.session, record.source, since)
    told = (call for call in calls_of(story, restarts) if call.occurrence == record.occurrence)
    call = next(told, None)
    return None if call is None else normalised_phone(call.caller)


#: Once it left the reception, a contact's further way through the exchange is nothing to wait for.
_STILL_WITH_THE_RECEPTION = {ContactStatus.WAITING, ContactStatus.OPEN, ContactStatus.REGISTERED}


def follow(
    context: Context,
    changes: Changes,
    call: Call,
    call_id: str,
    known: tuple[StoredCall, ContactColumns] | None,
) -> None:
    """Make the contact of a new call, or move that of a known one."""
    columns, before = columns_of(call), {} if known is None else known[0].columns
    if known is None:
        source = changes.source
        contact = _new_contact(context, call, source)
        changes.new_contacts.append(contact)
        changes.new_calls.append({"contact_id": contact.id, "source": source, "call_id": call_id, **columns})
        to = contact_status.standing_of(contact)
        _tell(context, changes, contact, call, to, visits_changed=True)
    elif before != columns:
        contact = known[1]
        changes.changed_calls.append({"contact_id": contact.id, **columns})
        changes.changed.append(contact.id)
        visits_changed = before["visits"] != columns["visits"] or is_queue_unknown(call)
        _move(context, changes, contact, call, visits_changed=visits_changed)
    else:
        contact = known[1]
    # Also where nothing of the call itself is new: its number may be.
    if known is not None:
        _note_number(context, changes, contact, call)
    changes.calls[contact.id] = call
    changes.inconsistencies.update(set(call.inconsistencies).difference(before.get("inconsistencies", ())))


def merge_away(context: Context, changes: Changes, stored: StoredCall, contact: ContactColumns) -> None:
    """The call turned out to be part of another, whose contact stays; this one is a duplicate of it."""
    changes.merged_away.append(stored.contact_id)
    changes.calls[stored.contact_id] = None
    if contact.moved_by != "call":
        return
    _put(contact, Standing(ContactStatus.CLOSED, Outcome.DUPLICATE), context.clock.now())
    contact.version += 1
    changes.changed.append(contact.id)
    changes.moved_contacts.append(contact)
    changes.events.append(closed_event(contact, Outcome.DUPLICATE, context.clock.now()))


def _new_contact(context: Context, call: Call, source: str) -> ContactColumns:
    now, contact_id = context.clock.now(), new_id()
    to = contact_status.after_call(None, call.outcome)
    said = Said(phone=normalised_phone(call.caller))
    return ContactColumns(
        id=contact_id,
        reference=reference_of(contact_id),
        channel=Channel.PHONE,
        line=line_of(call, lines_of(context), source).code,
        received_at=call.started_at,
        created_at=now,
        version=0,
        **contact_status.standing_columns(to, _moment_of(call, to.outcome, now)),
        **sealed_columns(vault_of(context), contact_id, said),
    )


def _move(
    context: Context, changes: Changes, contact: ContactColumns, call: Call, *, visits_changed: bool
) -> None:
    before = contact_status.standing_of(contact)
    version, came = contact.version, (contact.received_at, contact.line)
    to = contact_status.after_call(before, call.outcome)
    if to != before:
        _put(contact, to, _moment_of(call, to.outcome, context.clock.now()))
    if to.moved_by == "call":
        # The first queue may be told last, and with it the line the caller chose.
        contact.received_at = call.started_at
        contact.line = line_of(call, lines_of(context), changes.source).code
    _tell(context, changes, contact, call, to if to != before else None, visits_changed=visits_changed)
    if to != before or contact.version != version or (contact.received_at, contact.line) != came:
        changes.moved_contacts.append(contact)


def _note_number(context: Context, changes: Changes, contact: ContactColumns, call: Call) -> None:
    number = normalised_phone(call.caller)
    if number is not None and contact.phone_index is None:
        columns = sealed_columns(vault_of(context), contact.id, Said(phone=number))
        changes.numbers.append({"to_id": contact.id, **columns})


def _put(contact: ContactColumns, to: Standing, moment: datetime) -> None:
    for name, value in contact_status.standing_columns(to, moment).items():
        setattr(contact, name, value)


def _moment_of(call: Call, outcome: Outcome | None, now: datetime) -> datetime:
    return now if outcome is None or call.gone_at is None else call.gone_at


def _tell(
    context: Context,
    changes: Changes,
    contact: ContactColumns,
    call: Call,
    moved_to: Standing | None,
    *,
    visits_changed: bool,
) -> None:
    """Tell routing of new visits, and everybody of the end. Each event has a version of its own."""
    now = context.clock.now()
    here = contact.moved_by == "call" or contact.status in _STILL_WITH_THE_RECEPTION
    if visits_changed and here:
        contact.version += 1
        visits = reception_visits(call, lines_of(context), changes.source, changes.seats)
        changes.events.append(waiting_event(contact, visits, now))
    if moved_to is not None and moved_to.outcome is not None:
        contact.version += 1
        moment = _moment_of(call, moved_to.outcome, now)
        changes.events.append(closed_event(contact, moved_to.outcome, moment))
