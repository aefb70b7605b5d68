"""Call-backs follow the calls: whatever news of calls arrive, their numbers' call-backs are told anew.

Batch-wise, and in the transaction that derives the calls. A number's row in `callers` is locked meanwhile, so
that two exchanges, or a caller and the reception, cannot tell one call-back from only their own half of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.call_story.state import Call
from services.intake.call_story.visits import line_of
from services.intake.callback_store import repository
from services.intake.callback_store.repository import StoredCall
from services.intake.callback_store.state import NumberCall, callback_of
from services.intake.lines.dependencies import lines_of
from services.intake.lines.lines import Line
from services.intake.vault import vault_of
from shared.phone_numbers import normalised_phone
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date


@dataclass(frozen=True)
class Touched:
    """What news may have changed: numbers, their days, and the earliest moment that is spoken of."""

    days: frozenset[tuple[UUID, date]]
    since: datetime

    @property
    def callers(self) -> set[UUID]:
        """The numbers."""
        return {caller for caller, _ in self.days}


async def follow(work: UnitOfWork, source: str, calls: Mapping[UUID, Call | None]) -> None:
    """Bring call-backs up to date with these calls of an exchange, by their contacts.

    None stands for a call that turned out to be none. Callers who are still there change nothing; those who
    withheld their number are kept to be counted.
    """
    before = await repository.known_calls(work.session, calls)
    told = {
        contact: _told(work, source, contact, call) for contact, call in calls.items() if call is not None
    }
    numbers = {contact: number for contact, (call, number) in told.items() if call is not None and number}
    callers = await _callers(work, numbers, before.values())
    now = {
        contact: StoredCall(call, callers.get(numbers.get(contact, "")))
        for contact, (call, _) in told.items()
        if call is not None and (call.gave_up or contact in numbers)
    }
    changed = {contact for contact in {*before, *now} if before.get(contact) != now.get(contact)}
    await repository.replace_calls(work.session, changed, [now[one] for one in changed if one in now])
    touched = _touched([known[one] for known in (before, now) for one in changed if one in known])
    if touched is not None:
        await recompute(work.session, touched, work.clock.now())


def _told(work: UnitOfWork, source: str, contact: UUID, call: Call) -> tuple[NumberCall | None, str | None]:
    number = normalised_phone(call.caller)
    if not call.talks and call.gone_at is None:
        return None, number
    line = line_of(call, lines_of(work), source)
    return number_call(contact, call, line), number


def number_call(contact: UUID, call: Call, line: Line) -> NumberCall:
    """The call as call-backs look at it. Who was in several queues waited from the first one on."""
    if call.talks:
        return NumberCall(contact, line.code, call.started_at, answered_at=call.talks[0].started_at)
    began = call.visits[0].entered_at if call.visits else call.started_at
    waited = max(0.0, ((call.gone_at or began) - began).total_seconds())
    is_short = line.short_call_seconds is not None and waited <= line.short_call_seconds
    return NumberCall(contact, line.code, call.started_at, waited_seconds=waited, is_short=is_short)


async def _callers(
    work: UnitOfWork, numbers: Mapping[UUID, str], before: Iterable[StoredCall]
) -> dict[str, UUID]:
    """The numbers' rows, locked: those that are told now, and those that were told before."""
    found = await repository.lock_numbers(work.session, vault_of(work), set(numbers.values()))
    earlier = {stored.caller_id for stored in before if stored.caller_id is not None}
    await repository.lock_callers(work.session, earlier - set(found.values()))
    return found


def _touched(calls: Iterable[StoredCall]) -> Touched | None:
    known = [(stored.caller_id, stored.call) for stored in calls if stored.caller_id is not None]
    if not known:
        return None
    since = min(call.started_at for _, call in known)
    return Touched(frozenset((caller, local_date(call.started_at)) for caller, call in known), since)


async def recompute(session: AsyncSession, touched: Touched, now: datetime) -> None:
    """Tell the call-backs of these numbers anew; the numbers must be locked.

    Only those that can be different are read: open ones, and those that ended after the earliest moment.
    """
    rows = await repository.callbacks_since(session, touched.callers, touched.since)
    by_day = {(row.caller_id, row.day): row for row in rows}
    days = {*by_day, *touched.days}
    earliest = min(day for _, day in days)
    calls, deeds = defaultdict(list), defaultdict(list)
    for stored in await repository.calls_since(session, touched.callers, earliest):
        calls[stored.caller_id].append(stored.call)
    for caller, deed in await repository.deeds_since(session, touched.callers, earliest):
        deeds[caller].append(deed)
    new, changed, gone = [], [], []
    for caller, day in sorted(days):
        row = by_day.get((caller, day))
        told = callback_of(day, calls[caller], deeds[caller], None if row is None else row.id)
        if told is not None and row is None:
            new.append((caller, day, told))
        elif told is not None and row is not None:
            changed.append((row, told))
        elif row is not None:
            gone.append(row)
    await repository.add_callbacks(session, new, now)
    await repository.change_callbacks(session, changed)
    await repository.withdraw_callbacks(session, gone)
