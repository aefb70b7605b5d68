"""What staff do about call-backs, in the caller's transaction; the number is locked before it is read.

Each action is stored, and then the call-back is computed again from its calls and all its actions, as it is
when a call changes: so no action is lost to events that arrive late.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.callback_store.repository import calls_since, lock_callers
from services.intake.callback_store.service import AffectedDays, recompute
from services.intake.callback_store.state import OPEN, ActionKind, CallbackStatus
from services.intake.callbacks import repository
from services.intake.callbacks.schemas import (
    AnonymousCount,
    CallbackCount,
    CallbackItem,
    CallbackOut,
    CallbackSummary,
    SettleIn,
    callback_document,
    callback_item,
)
from services.intake.contacts import repository as contacts_repository
from services.intake.models import CallbackRow
from services.intake.problems import CallbackClosed, CallbackTaken, NoSuchContact, at_field
from services.intake.vault import caller_context, vault_of
from shared.access import Principal
from shared.etags import require_version
from shared.ids import new_id
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Role

#: When to try again, where the body does not say so.
TRY_AGAIN_AFTER = timedelta(hours=1)


async def find(work: UnitOfWork, callback_id: UUID) -> CallbackRow:
    """The call-back. Raises NotFound."""
    row = await repository.find_callback(work.session, callback_id)
    if row is None:
        raise NotFound("No call-back has this id.")
    return row


async def lock_open(work: UnitOfWork, callback_id: UUID, if_match: str | None) -> CallbackRow:
    """The call-back with its number locked, and still open. Raises CallbackClosed, StaleVersion."""
    row = await find(work, callback_id)
    await lock_callers(work.session, {row.caller_id})
    # Read again: it may have changed while the lock was waited for.
    row = await find(work, callback_id)
    if if_match is not None:
        require_version(if_match, row.edition)
    if row.status not in OPEN:
        raise CallbackClosed(f"It is {row.status}.")
    return row


async def take(work: UnitOfWork, who: Principal, callback_id: UUID, if_match: str | None) -> CallbackRow:
    """Raises CallbackTaken for the second to take it; taking one's own again changes nothing."""
    row = await lock_open(work, callback_id, if_match)
    if row.taken_by == who.subject:
        return row
    require_free(row, who)
    return await _act(work, who, row, "take")


async def release(work: UnitOfWork, who: Principal, callback_id: UUID, if_match: str | None) -> CallbackRow:
    """It waits again. Operations may release what another user has taken."""
    row = await lock_open(work, callback_id, if_match)
    if row.taken_by is None:
        return row
    if not who.has(Role.OPERATIONS):
        require_free(row, who)
    return await _act(work, who, row, "release")


async def attempt(
    work: UnitOfWork, who: Principal, callback_id: UUID, next_try_at: datetime | None, if_match: str | None
) -> CallbackRow:
    """Tried, not reached: it waits again, and is due at the next try (default: in an hour)."""
    row = await lock_open(work, callback_id, if_match)
    require_free(row, who)
    at = next_try_at or work.clock.now() + TRY_AGAIN_AFTER
    return await _act(work, who, row, "attempt", next_try_at=at)


async def settle(
    work: UnitOfWork, who: Principal, callback_id: UUID, body: SettleIn, if_match: str | None
) -> CallbackRow:
    """Done, with all that the number waited for until now. Raises NoSuchContact."""
    contact_id = body.contact_id
    row = await lock_open(work, callback_id, if_match)
    require_free(row, who)
    if contact_id is not None and await contacts_repository.find(work.session, contact_id) is None:
        raise NoSuchContact(errors=at_field("/contact_id", "no contact has this id"))
    return await _act(work, who, row, "settle", outcome=body.outcome, contact_id=contact_id)


def require_free(row: CallbackRow, who: Principal) -> None:
    """Raise CallbackTaken when another user has taken it."""
    if row.status == CallbackStatus.TAKEN and row.taken_by != who.subject:
        raise CallbackTaken


async def _act(
    work: UnitOfWork, who: Principal, row: CallbackRow, kind: ActionKind, **more: Any
) -> CallbackRow:
    await act_on_all(work, who, [row], kind, **more)
    return await find(work, row.id)


async def act_on_all(
    work: UnitOfWork, who: Principal, rows: Sequence[CallbackRow], kind: ActionKind, **more: Any
) -> None:
    """Do the same about each of these, whose numbers must be locked; it is logged for their contacts."""
    now = work.clock.now()
    blank = {"outcome": None, "next_try_at": None, "contact_id": None, "clearing_id": None}
    action = {**blank, "at": now, "action": kind, "subject": who.subject[:120], "role": who.role, **more}
    await repository.add_actions(
        work.session, [{**action, "id": new_id(), "callback_id": row.id} for row in rows]
    )
    days = frozenset((row.caller_id, row.day) for row in rows)
    await recompute(work.session, AffectedDays(days, min(row.first_attempt_at for row in rows)), now)
    contacts = sorted({row.last_contact_id for row in rows})
    await access_log.log_access(work, who, "change", access_log.CALLING_BACK, contacts=contacts)


async def present_items(
    work: UnitOfWork, who: Principal, rows: Sequence[CallbackRow], purpose: str | None
) -> list[CallbackItem]:
    """As lists show them. For the reception with the numbers, each of which is an access that is logged."""
    numbers: dict[UUID, str] = {}
    if rows and who.has(Role.RECEPTION):
        numbers = await _numbers_of(work, rows)
        contacts = [row.last_contact_id for row in rows]
        why = purpose or access_log.CALLING_BACK
        await access_log.log_access(work, who, "read", why, contacts=contacts)
    return [callback_item(row, numbers.get(row.caller_id)) for row in rows]


async def _numbers_of(work: UnitOfWork, rows: Sequence[CallbackRow]) -> dict[UUID, str]:
    """The numbers to call, by caller."""
    sealed = await repository.sealed_numbers(work.session, {row.caller_id for row in rows})
    ring = vault_of(work).ring
    return {caller: ring.open(text, caller_context(caller)) for caller, text in sealed.items()}


async def present_callback(
    work: UnitOfWork, who: Principal, row: CallbackRow, purpose: str | None = None
) -> CallbackOut:
    """The whole call-back, with the number's calls since its day and with its trail."""
    (item,) = await present_items(work, who, [row], purpose)
    calls = await calls_since(work.session, {row.caller_id}, row.day)
    return callback_document(item, calls, await repository.actions_of(work.session, row.id))


async def summarise(work: UnitOfWork, since: date) -> CallbackSummary:
    """How many there are: open ones of any day, the others and anonymous callers since that day."""
    counts = await repository.count_callbacks(work.session, statuses=OPEN)
    over = set(CallbackStatus) - set(OPEN)
    counts |= await repository.count_callbacks(work.session, statuses=over, since=since)
    anonymous = await repository.count_anonymous(work.session, since)
    return CallbackSummary(
        since=since,
        callbacks=[
            CallbackCount(line=line, status=CallbackStatus(status), count=count, first_due_at=due)
            for (line, status), (count, due) in sorted(counts.items())
        ],
        anonymous=[
            AnonymousCount(line=line, day=day, count=count)
            for (line, day), count in sorted(anonymous.items())
        ],
    )
