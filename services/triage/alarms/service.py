"""Raising, growing and acknowledging alarms. Whoever looks at a citizen's alarms holds the citizen's row."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from services.triage.alarms import repository
from services.triage.alarms.repeats import Raised, Subject, open_alarms
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
    """Bring the alarms about a citizen to what their contacts say now."""
    key = await repository.lock_citizen(work.session, key)
    rows = await repository.alarms_of(work.session, key)
    seen = defaultdict[Subject, set[UUID]](set)
    for row in rows:
        if row.status == AlarmStatus.ACKNOWLEDGED:
            seen[_subject(row)].update(map(UUID, row.contacts))
    raised = open_alarms(
        await repository.sightings_of(work.session, key),
        {subject: frozenset(contacts) for subject, contacts in seen.items()},
        work.state.thresholds,
    )
    standing = {_subject(row): row for row in rows if row.status == AlarmStatus.OPEN}
    for subject in sorted(raised.keys() | standing.keys()):
        await _bring(work, key, subject, standing.get(subject), raised.get(subject))


async def _bring(
    work: UnitOfWork, key: str, subject: Subject, standing: AlarmRow | None, raised: Raised | None
) -> None:
    if raised is None:
        if standing is not None:
            await _withdraw(work, standing)
        return
    says = _columns(raised)
    if standing is None:
        about = {"id": new_id(), "citizen_key": key, "kind": subject.kind, "need": subject.need}
        state = {"status": AlarmStatus.OPEN, "version": 1, "raised_at": work.clock.now()}
        await repository.add_alarm(work.session, about | state | says)
    elif any(getattr(standing, name) != value for name, value in says.items()):
        await repository.change_alarm(work.session, standing.id, **says)


def _columns(raised: Raised) -> dict[str, Any]:
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
    """The same citizen under another key: contacts and alarms go over, and are looked at as a whole."""
    old_key = await repository.lock_citizen(work.session, old_key)
    new_key = await repository.lock_citizen(work.session, new_key)
    if old_key == new_key:
        return
    await repository.replace_key(work.session, old_key, new_key)
    await repository.rekey_citizen(work.session, old_key, new_key)
    there = await repository.alarms_of(work.session, new_key)
    standing = {_subject(row) for row in there if row.status == AlarmStatus.OPEN}
    for row in await repository.alarms_of(work.session, old_key):
        if row.status == AlarmStatus.OPEN and _subject(row) in standing:
            await _withdraw(work, row, citizen_key=new_key)
        else:
            await repository.change_alarm(work.session, row.id, citizen_key=new_key)
    await recompute_alarms(work, new_key)


async def get_alarm(work: UnitOfWork, alarm_id: UUID) -> AlarmRow:
    """The alarm as it stands now. Raises NotFound."""
    found = await repository.find_alarm(work.session, alarm_id)
    if found is None:
        raise NotFound("No alarm has this id.")
    return found


async def acknowledge(
    work: UnitOfWork, who: Principal, alarm_id: UUID, reason: str, if_match: str | None
) -> AlarmRow:
    """A person has looked at all of the alarm's contacts. One more contact raises a new alarm.

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
