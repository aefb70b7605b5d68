"""Raising, changing and acknowledging repeat alarms, always with the citizen's row locked."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from services.triage.alarms import repository
from services.triage.alarms.repeats import OpenAlarm, Subject, open_alarms
from services.triage.alarms.schemas import AlarmStatus
from services.triage.alarms.thresholds import AlarmKind
from services.triage.models import AlarmRow
from services.triage.problems import AlarmIsEnded
from shared.access import Principal
from shared.etags import require_version
from shared.ids import new_id
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Need


async def recompute_alarms(work: UnitOfWork, key: str) -> None:
    """Raise, change and withdraw the alarms about a citizen, so that they agree with the citizen's
    contacts.
    """
    key = await repository.lock_citizen(work.session, key)
    rows = await repository.alarms_of(work.session, key)
    seen = defaultdict[Subject, set[UUID]](set)
    for row in rows:
        if row.status == AlarmStatus.ACKNOWLEDGED:
            seen[_subject(row)].update(map(UUID, row.contacts))
    raised = open_alarms(
        await repository.contacts_of_citizen(work.session, key),
        {subject: frozenset(contacts) for subject, contacts in seen.items()},
        work.state.thresholds,
    )
    stored = {_subject(row): row for row in rows if row.status == AlarmStatus.OPEN}
    for subject in sorted(raised.keys() | stored.keys()):
        await _update(work, key, subject, stored.get(subject), raised.get(subject))


async def _update(
    work: UnitOfWork, key: str, subject: Subject, stored: AlarmRow | None, raised: OpenAlarm | None
) -> None:
    """Store what has changed of one alarm. An alarm that is as it was keeps its version, and so its ETag."""
    if raised is None:
        if stored is not None:
            await _withdraw(work, stored)
        return
    columns = _columns(raised)
    if stored is None:
        about = {"id": new_id(), "citizen_key": key, "kind": subject.kind, "need": subject.need}
        state = {"status": AlarmStatus.OPEN, "version": 1, "raised_at": work.clock.now()}
        await repository.add_alarm(work.session, about | state | columns)
    elif any(getattr(stored, name) != value for name, value in columns.items()):
        await repository.change_alarm(work.session, stored.id, **columns)


def _columns(raised: OpenAlarm) -> dict[str, Any]:
    return {
        "contacts": [str(contact_id) for contact_id in raised.contacts],
        "unseen": [str(contact_id) for contact_id in raised.contacts if contact_id in raised.unseen],
        "first_at": raised.first_at,
        "latest_at": raised.latest_at,
    }


async def _withdraw(work: UnitOfWork, alarm: AlarmRow, **more: Any) -> None:
    ended = {"status": AlarmStatus.WITHDRAWN, "ended_at": work.clock.now()}
    await repository.change_alarm(work.session, alarm.id, **ended, **more)


def _subject(row: AlarmRow) -> Subject:
    return Subject(AlarmKind(row.kind), Need(row.need))


async def rekey_alarms(work: UnitOfWork, old_key: str, new_key: str) -> None:
    """The same citizen under another key: move contacts and alarms to it, and recompute them as a whole."""
    old_key = await repository.lock_citizen(work.session, old_key)
    new_key = await repository.lock_citizen(work.session, new_key)
    if old_key == new_key:
        return
    await repository.replace_key(work.session, old_key, new_key)
    await repository.rekey_citizen(work.session, old_key, new_key)
    of_new_key = await repository.alarms_of(work.session, new_key)
    open_subjects = {_subject(row) for row in of_new_key if row.status == AlarmStatus.OPEN}
    for row in await repository.alarms_of(work.session, old_key):
        if row.status == AlarmStatus.OPEN and _subject(row) in open_subjects:
            # A citizen has one open alarm about a subject; the one under the new key takes over.
            await _withdraw(work, row, citizen_key=new_key)
        else:
            await repository.change_alarm(work.session, row.id, citizen_key=new_key)
    await recompute_alarms(work, new_key)


async def get_alarm(work: UnitOfWork, alarm_id: UUID) -> AlarmRow:
    """The alarm as it is stored now. Raises NotFound."""
    found = await repository.find_alarm(work.session, alarm_id)
    if found is None:
        raise NotFound("No alarm has this id.")
    return found


async def acknowledge(
    work: UnitOfWork, who: Principal, alarm_id: UUID, reason: str, if_match: str | None
) -> AlarmRow:
    """End the alarm: a person has looked at all of its contacts. One more contact raises a new alarm.

    Raises NotFound, AlarmIsEnded, and StaleVersion when it has grown since it was read.
    """
    await repository.lock_citizen(work.session, (await get_alarm(work, alarm_id)).citizen_key)
    alarm = await get_alarm(work, alarm_id)
    if alarm.status != AlarmStatus.OPEN:
        raise AlarmIsEnded
    if if_match is not None:
        require_version(if_match, alarm.version)
    await repository.change_alarm(
        work.session,
        alarm_id,
        status=AlarmStatus.ACKNOWLEDGED,
        ended_at=work.clock.now(),
        ended_by=who.subject,
        role=who.role,
        reason=reason,
    )
    return await get_alarm(work, alarm_id)
