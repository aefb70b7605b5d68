"""What a derived call changes about its contact, and which events are published about it.

A call moves its contact only as long as neither a person nor a queue entry has moved it.
"""

from datetime import datetime

from services.intake.call_story.columns import StoredCall, columns_of
from services.intake.call_story.state import Call
from services.intake.call_story.visits import is_queue_unknown, line_of, reception_visits
from services.intake.calls.pending_writes import PendingWrites
from services.intake.contacts import contact_status
from services.intake.contacts.contact_events import closed_event, waiting_event
from services.intake.contacts.contact_status import ContactState, ContactStatus, Outcome
from services.intake.models import ContactColumns
from services.intake.vault import PersonalData, sealed_columns
from shared.ids import new_id, reference_of
from shared.phone_numbers import normalised_phone
from shared.vocabulary import Channel

#: Statuses in which a contact is still the reception's. Later moves through the exchange are no wait there.
_STILL_WITH_THE_RECEPTION = {ContactStatus.WAITING, ContactStatus.OPEN, ContactStatus.REGISTERED}


def add_call(writes: PendingWrites, call: Call, call_id: str) -> None:
    """A new call, and its contact."""
    contact = _new_contact(writes, call)
    writes.new_contacts.append(contact)
    writes.new_calls.append(
        {"contact_id": contact.id, "source": writes.source, "call_id": call_id, **columns_of(call)}
    )
    _publish(writes, contact, call, contact_status.state_of(contact), visits_changed=True)
    writes.calls[contact.id] = call
    writes.inconsistencies.update(call.inconsistencies)


def change_call(writes: PendingWrites, call: Call, stored: StoredCall, contact: ContactColumns) -> None:
    """A known call as it is derived now; its contact moves with it."""
    columns, before = columns_of(call), stored.columns
    if before != columns:
        writes.changed_calls.append({"contact_id": contact.id, **columns})
        writes.changed.append(contact.id)
        visits_changed = before["visits"] != columns["visits"] or is_queue_unknown(call)
        _move_contact(writes, contact, call, visits_changed=visits_changed)
    # The number is no column of the call: it may become known although nothing else of the call changed.
    _add_number(writes, contact, call)
    writes.calls[contact.id] = call
    writes.inconsistencies.update(set(call.inconsistencies).difference(before["inconsistencies"]))


def merge_call(writes: PendingWrites, stored: StoredCall, contact: ContactColumns) -> None:
    """The call turned out to be part of another, whose contact stays; this one's is a duplicate of it."""
    writes.merged_calls.append(stored.contact_id)
    writes.calls[stored.contact_id] = None
    if contact.moved_by != "call":
        return
    _set_state(contact, ContactState(ContactStatus.CLOSED, Outcome.DUPLICATE), writes.now)
    contact.version += 1
    writes.changed.append(contact.id)
    writes.moved_contacts.append(contact)
    writes.events.append(closed_event(contact, Outcome.DUPLICATE, writes.now))


def _new_contact(writes: PendingWrites, call: Call) -> ContactColumns:
    contact_id = new_id()
    state = contact_status.after_call(None, call.outcome)
    return ContactColumns(
        id=contact_id,
        reference=reference_of(contact_id),
        channel=Channel.PHONE,
        line=line_of(call, writes.lines, writes.source).code,
        received_at=call.started_at,
        created_at=writes.now,
        version=0,
        **contact_status.state_columns(state, _moment_of(call, state.outcome, writes.now)),
        **sealed_columns(writes.vault, contact_id, PersonalData(phone=normalised_phone(call.caller))),
    )


def _move_contact(
    writes: PendingWrites, contact: ContactColumns, call: Call, *, visits_changed: bool
) -> None:
    before = contact_status.state_of(contact)
    version, arrival = contact.version, (contact.received_at, contact.line)
    now = contact_status.after_call(before, call.outcome)
    if now != before:
        _set_state(contact, now, _moment_of(call, now.outcome, writes.now))
    if now.moved_by == "call":
        # The event of the first queue may arrive last, and with it the line that the caller chose.
        contact.received_at = call.started_at
        contact.line = line_of(call, writes.lines, writes.source).code
    _publish(writes, contact, call, now if now != before else None, visits_changed=visits_changed)
    if now != before or contact.version != version or (contact.received_at, contact.line) != arrival:
        writes.moved_contacts.append(contact)


def _add_number(writes: PendingWrites, contact: ContactColumns, call: Call) -> None:
    number = normalised_phone(call.caller)
    if number is not None and contact.phone_index is None:
        columns = sealed_columns(writes.vault, contact.id, PersonalData(phone=number))
        writes.numbers.append({"to_id": contact.id, **columns})


def _set_state(contact: ContactColumns, state: ContactState, moment: datetime) -> None:
    for name, value in contact_status.state_columns(state, moment).items():
        setattr(contact, name, value)


def _moment_of(call: Call, outcome: Outcome | None, now: datetime) -> datetime:
    """When the contact came to be in this state: for one that has ended, when the caller was gone."""
    return now if outcome is None or call.gone_at is None else call.gone_at


def _publish(
    writes: PendingWrites,
    contact: ContactColumns,
    call: Call,
    moved_to: ContactState | None,
    *,
    visits_changed: bool,
) -> None:
    """Routing gets new visits; routing and triage get the end. Each event has a version of its own."""
    is_here = contact.moved_by == "call" or contact.status in _STILL_WITH_THE_RECEPTION
    if visits_changed and is_here:
        contact.version += 1
        visits = reception_visits(call, writes.lines, writes.source, writes.seats)
        writes.events.append(waiting_event(contact, visits, writes.now))
    if moved_to is not None and moved_to.outcome is not None:
        contact.version += 1
        moment = _moment_of(call, moved_to.outcome, writes.now)
        writes.events.append(closed_event(contact, moved_to.outcome, moment))
