"""Calls and their contacts: each call is one contact, moved by its call while nobody else has moved it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.intake import access_log, call_repository, contact_status, following, repository, standing
from services.intake.call_fold import calls_of
from services.intake.call_repository import EVENT
from services.intake.call_state import Call
from services.intake.call_visits import is_place_untold, line_of, reception_visits
from services.intake.contact_events import closed_event, waiting_event
from services.intake.contact_status import ContactStatus, Outcome, Standing
from services.intake.keeping import lines_of, sealed_columns, vault_of
from services.intake.models import CallDelivery, CallRecord, Contact
from services.intake.said import Said, delivery_context
from services.intake.telephony.canonical import CallEvent
from shared.access import Principal
from shared.ids import new_id, reference_of
from shared.phone_numbers import normalised_phone
from shared.vocabulary import Channel
from shared.work import Work

_ANY = TypeAdapter(Any)
#: Once it left the reception, a contact's further way through the exchange is nothing to wait for.
_STILL_WITH_THE_RECEPTION = {ContactStatus.WAITING, ContactStatus.OPEN, ContactStatus.REGISTERED}


async def derive(
    work: Work, who: Principal, source: str, call_ids: Sequence[str], purpose: str | None
) -> None:
    """Derive these calls of one exchange from all that is stored of them. The exchange must be locked."""
    if not call_ids:
        return
    stories = await _stories(work, source, call_ids)
    since = min(event.occurred_at for story in stories.values() for event in story)
    restarts = await call_repository.restarts_of(work.session, source, since)
    known = {row.call_id: row for row in await call_repository.find_calls(work.session, call_ids, source)}
    contacts = await repository.find_many(work.session, [row.contact_id for row in known.values()])
    why = purpose or access_log.CALLING
    changed, told = [], dict[UUID, Call]()
    for call_id in sorted(stories):
        call, record = calls_of(stories[call_id], restarts)[-1], known.get(call_id)
        if record is None:
            created = await _create(work, source, call_id, call)
            await access_log.log_look(work, who, "create", why, contacts=[created])
        elif await _update(work, record, contacts[record.contact_id], call):
            changed.append(record.contact_id)
        told[created if record is None else record.contact_id] = call
    await access_log.log_look(work, who, "change", why, contacts=changed)
    await following.follow(work, source, told)


async def _stories(work: Work, source: str, call_ids: Sequence[str]) -> dict[str, list[CallEvent]]:
    stories: dict[str, list[CallEvent]] = defaultdict(list)
    for row in await call_repository.deliveries_of(work.session, source, call_ids):
        if row.kind == EVENT and row.call_id is not None:
            stories[row.call_id].append(_opened(work, row))
    return stories


def _opened(work: Work, row: CallDelivery) -> CallEvent:
    context = delivery_context(row.source, row.delivery_id)
    return CallEvent.model_validate_json(vault_of(work).ring.open(row.sealed, context))


def _columns(call: Call) -> dict[str, Any]:
    return {
        "outcome": call.outcome,
        "started_at": call.started_at,
        "last_event_at": call.last_event_at,
        "gone_at": call.gone_at,
        "visits": [{**_plain(visit), "wait_seconds": visit.wait_seconds} for visit in call.visits],
        "talks": [{**_plain(talk), "talk_seconds": talk.talk_seconds} for talk in call.talks],
    }


def _plain(part: Any) -> dict[str, Any]:
    plain: dict[str, Any] = _ANY.dump_python(asdict(part), mode="json")
    return plain


def _moment_of(call: Call, outcome: Outcome | None, now: datetime) -> datetime:
    return now if outcome is None or call.gone_at is None else call.gone_at


async def _create(work: Work, source: str, call_id: str, call: Call) -> UUID:
    now, contact_id = work.clock.now(), new_id()
    to = contact_status.after_call(None, call.outcome)
    said = Said(phone=normalised_phone(call.caller))
    contact = Contact(
        id=contact_id,
        reference=reference_of(contact_id),
        channel=Channel.PHONE,
        line=line_of(call, lines_of(work), source).code,
        received_at=call.started_at,
        created_at=now,
        version=0,
        **standing.standing_columns(to, _moment_of(call, to.outcome, now)),
        **sealed_columns(vault_of(work), contact_id, said),
    )
    await repository.add_contact(work.session, contact)
    values = {"contact_id": contact_id, "source": source, "call_id": call_id, **_columns(call)}
    await call_repository.add_call(work.session, values)
    await _tell(work, contact, call, to, visits_changed=True)
    return contact_id


async def _update(work: Work, record: CallRecord, contact: Contact, call: Call) -> bool:
    """Write what is new; says whether anything was."""
    columns = _columns(call)
    if all(getattr(record, name) == value for name, value in columns.items()):
        return False
    visits_changed = record.visits != columns["visits"] or is_place_untold(call)
    await call_repository.change_call(work.session, record.contact_id, columns)
    before = standing.standing_of(contact)
    to = contact_status.after_call(before, call.outcome)
    moved: dict[str, Any] = {}
    if to != before:
        moved = standing.standing_columns(to, _moment_of(call, to.outcome, work.clock.now()))
    if to.moved_by == "call" and contact.received_at != call.started_at:
        moved["received_at"] = call.started_at
    if moved:
        await repository.change(work.session, contact, **moved)
    await _tell(work, contact, call, to if to != before else None, visits_changed=visits_changed)
    return True


async def _tell(
    work: Work, contact: Contact, call: Call, moved_to: Standing | None, *, visits_changed: bool
) -> None:
    """Tell routing of new visits, and everybody of the end. Each event has a version of its own."""
    now = work.clock.now()
    here = contact.moved_by == "call" or contact.status in _STILL_WITH_THE_RECEPTION
    version = contact.version
    if visits_changed and here:
        version += 1
        await repository.change(work.session, contact, version=version)
        await work.publish(waiting_event(contact, reception_visits(call, lines_of(work)), now))
    if moved_to is not None and moved_to.outcome is not None:
        version += 1
        await repository.change(work.session, contact, version=version)
        await work.publish(closed_event(contact, moved_to.outcome, _moment_of(call, moved_to.outcome, now)))


async def caller_of(work: Work, record: CallRecord) -> str | None:
    """The caller's number, told from the call's events; None when withheld."""
    stories = await _stories(work, record.source, [record.call_id])
    return normalised_phone(calls_of(stories[record.call_id])[-1].caller)
