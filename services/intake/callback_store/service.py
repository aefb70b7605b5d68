"""Keeps call-backs up to date: whenever calls change, their numbers' call-backs are computed again.

It works in batches, in the transaction that derives the calls. A number's row in `callers` is locked
meanwhile, so that two exchanges, or a caller and the reception, cannot compute one call-back from half of
its calls each.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.call_story.state import Call
from services.intake.call_story.visits import line_of
from services.intake.callback_store import repository
from services.intake.callback_store.state import NumberCall, callback_of
from services.intake.lines.dependencies import lines_of
from services.intake.lines.lines import Line
from services.intake.vault import vault_of
from shared.phone_numbers import normalised_phone
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date


@dataclass(frozen=True)
class AffectedDays:
    """What a change may affect: numbers and their days, and the earliest moment that has changed."""

    days: frozenset[tuple[UUID, date]]
    since: datetime

    @property
    def callers(self) -> set[UUID]:
        """The numbers' rows."""
        return {caller for caller, _ in self.days}


async def update_callbacks(work: UnitOfWork, source: str, calls: Mapping[UUID, Call | None]) -> None:
    """Bring call-backs up to date with these calls of an exchange, by their contacts.

    None is a call that turned out to be part of another. Calls whose caller is still there change nothing;
    those with a withheld number are stored to be counted.
    """
    before = await repository.known_calls(work.session, calls)
    numbers = {
        contact: number
        for contact, call in calls.items()
        if call is not None and _is_decided(call) and (number := normalised_phone(call.caller))
    }
    callers = await _lock_callers(work, numbers, before.values())
    now: dict[UUID, NumberCall] = {}
    for contact, call in calls.items():
        if call is not None and _is_decided(call):
            decided = number_call(contact, call, line_of(call, lines_of(work), source))
            # An answered caller without a number settles nothing: no attempt is known to be theirs.
            if decided.gave_up or contact in numbers:
                now[contact] = replace(decided, caller_id=callers.get(numbers.get(contact, "")))
    changed = {contact for contact in {*before, *now} if before.get(contact) != now.get(contact)}
    await repository.replace_calls(work.session, changed, [now[one] for one in changed if one in now])
    affected = _affected([known[one] for known in (before, now) for one in changed if one in known])
    if affected is not None:
        await recompute(work.session, affected, work.clock.now())


def _is_decided(call: Call) -> bool:
    """Whether the call was answered or is over; before that it is owed nothing yet."""
    return bool(call.talks) or call.gone_at is not None


def number_call(contact: UUID, call: Call, line: Line) -> NumberCall:
    """The call as call-backs see it. A caller who was in several queues waited from the first one on."""
    if call.talks:
        return NumberCall(contact, line.code, call.started_at, answered_at=call.talks[0].started_at)
    began = call.visits[0].entered_at if call.visits else call.started_at
    waited = max(0.0, ((call.gone_at or began) - began).total_seconds())
    is_short = line.short_call_seconds is not None and waited <= line.short_call_seconds
    return NumberCall(contact, line.code, call.started_at, waited_seconds=waited, is_short=is_short)


async def _lock_callers(
    work: UnitOfWork, numbers: Mapping[UUID, str], before: Iterable[NumberCall]
) -> dict[str, UUID]:
    """The rows of these numbers, locked, as are those of the numbers that the calls had before."""
    rows = await repository.lock_numbers(work.session, vault_of(work), set(numbers.values()))
    earlier = {call.caller_id for call in before if call.caller_id is not None}
    await repository.lock_callers(work.session, earlier - set(rows.values()))
    return rows


def _affected(calls: Iterable[NumberCall]) -> AffectedDays | None:
    known = [(call.caller_id, call) for call in calls if call.caller_id is not None]
    if not known:
        return None
    since = min(call.started_at for _, call in known)
    return AffectedDays(frozenset((caller, local_date(call.started_at)) for caller, call in known), since)


async def recompute(session: AsyncSession, affected: AffectedDays, now: datetime) -> None:
    """Compute the call-backs of these numbers again; the numbers must be locked.

    Only those that can be different are read: open ones, and those that ended after the earliest moment.
    """
    rows = await repository.callbacks_since(session, affected.callers, affected.since)
    by_day = {(row.caller_id, row.day): row for row in rows}
    days = {*by_day, *affected.days}
    earliest = min(day for _, day in days)
    calls, actions = defaultdict(list), defaultdict(list)
    for call in await repository.calls_since(session, affected.callers, earliest):
        calls[call.caller_id].append(call)
    for caller, action in await repository.actions_since(session, affected.callers, earliest):
        actions[caller].append(action)
    new, changed, withdrawn = [], [], []
    for caller, day in sorted(days):
        row = by_day.get((caller, day))
        callback = callback_of(day, calls[caller], actions[caller], None if row is None else row.id)
        if callback is not None and row is None:
            new.append((caller, day, callback))
        elif callback is not None and row is not None:
            changed.append((row, callback))
        elif row is not None:
            withdrawn.append(row)
    await repository.add_callbacks(session, new, now)
    await repository.change_callbacks(session, changed)
    await repository.withdraw_callbacks(session, withdrawn)
