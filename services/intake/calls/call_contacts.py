"""What a call does to its contact: it moves it while nobody else has moved it, and tells of each step."""

from datetime import datetime

from services.intake.call_story.columns import StoredCall, columns_of
from services.intake.call_story.state import Call
from services.intake.call_story.visits import is_place_untold, line_of, reception_visits
from services.intake.calls.pending_writes import Changes
from services.intake.contacts import contact_status, standing
from services.intake.contacts.contact_events import closed_event, waiting_event
from services.intake.contacts.contact_status import ContactStatus, Outcome, Standing
from services.intake.lines.dependencies import lines_of
from services.intake.models import ContactColumns
from services.intake.vault import Said, sealed_columns, vault_of
from shared.ids import new_id, reference_of
from shared.phone_numbers import normalised_phone
from shared.unit_of_work import Context
from shared.vocabulary import Channel

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
        to = standing.standing_of(contact)
        _tell(context, changes, contact, call, to, visits_changed=True)
    elif before != columns:
        contact = known[1]
        changes.changed_calls.append({"contact_id": contact.id, **columns})
        changes.changed.append(contact.id)
        visits_changed = before["visits"] != columns["visits"] or is_place_untold(call)
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
        **standing.standing_columns(to, _moment_of(call, to.outcome, now)),
        **sealed_columns(vault_of(context), contact_id, said),
    )


def _move(
    context: Context, changes: Changes, contact: ContactColumns, call: Call, *, visits_changed: bool
) -> None:
    before = standing.standing_of(contact)
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
    for name, value in standing.standing_columns(to, moment).items():
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
