"""Calls and their contacts: each call is one contact, derived from all that is stored of it.

Many calls are derived at once, since statements cost more than thinking: what is known of them is read
together, `call_contacts.py` thinks, and what it wants written is written together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from services.intake.access_log import service
from services.intake.call_story.columns import StoredCall
from services.intake.call_story.fold import calls_of
from services.intake.call_story.matching import matched
from services.intake.call_story.visits import unconfigured_visits
from services.intake.callbacks import recomputing
from services.intake.calls import repository
from services.intake.calls.call_contacts import follow, merge_away
from services.intake.calls.pending_writes import Changes
from services.intake.contacts import repository as contacts_repository
from services.intake.delivery_store import repository as deliveries_repository
from services.intake.delivery_store.reading import interpreted
from services.intake.lines.dependencies import lines_of
from services.intake.models import CallRecord
from services.intake.phones.repository import seats_at
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.forms import Uninterpretable
from shared.access import Principal
from shared.database import refresh_live_after_commit
from shared.phone_numbers import normalised_phone
from shared.row_batch import RowBatch
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Role

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
    looks: tuple[tuple[service.Action, Iterable[UUID]], ...] = (
        ("create", (contact.id for contact in changes.new_contacts)),
        ("change", changes.changed),
    )
    for action, ids in looks:
        for contact_id in ids:
            service.note_look(rows, EXCHANGE, action, service.CALLING, at=now, contact=contact_id)
    await contacts_repository.change_standings(work.session, changes.moved_contacts)
    await contacts_repository.write_numbers(work.session, changes.numbers)
    await repository.change_calls(work.session, changes.changed_calls)
    await repository.drop_calls(work.session, changes.merged_away)
    await rows.write(work.session)
    await recomputing.follow(work, changes.source, changes.calls)
    calls_now = [call for call in changes.calls.values() if call is not None]
    seen = unconfigured_visits(calls_now, lines_of(work), changes.source)
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
