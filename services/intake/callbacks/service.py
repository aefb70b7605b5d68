"""What people do about a call-back. Each in the caller's transaction; the number is locked before it is read.

Every act is stored as a deed, and then the call-back is told anew from its calls and all deeds, just as after
news of a call: so nothing people do is lost to news that arrive late.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.callback_store import repository
from services.intake.callback_store.service import Touched, recompute
from services.intake.callback_store.state import OPEN, CallbackStatus, DeedAction, NumberCall
from services.intake.callbacks.schemas import CallbackItem, CallbackOut, DeedOut, NumberCallOut, SettleIn
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

#: When to try again, where nobody says so.
TRY_AGAIN_AFTER = timedelta(hours=1)


async def found(work: UnitOfWork, callback_id: UUID) -> CallbackRow:
    """The call-back. Raises NotFound."""
    row = await repository.find_callback(work.session, callback_id)
    if row is None:
        raise NotFound("No call-back has this id.")
    return row


async def to_change(work: UnitOfWork, callback_id: UUID, if_match: str | None) -> CallbackRow:
    """The call-back with its number locked, and still to be done. Raises CallbackClosed, StaleVersion."""
    row = await found(work, callback_id)
    await repository.lock_callers(work.session, {row.caller_id})
    # Read again: it may have changed while the lock was waited for.
    row = await found(work, callback_id)
    if if_match is not None:
        require_version(if_match, row.edition)
    if row.status not in OPEN:
        raise CallbackClosed(f"It is {row.status}.")
    return row


async def take(work: UnitOfWork, who: Principal, callback_id: UUID, if_match: str | None) -> CallbackRow:
    """Whoever comes second is refused; taking again what one has changes nothing."""
    row = await to_change(work, callback_id, if_match)
    if row.taken_by == who.subject:
        return row
    demand_free(row, who)
    return await _did(work, who, row, "take")


async def release(work: UnitOfWork, who: Principal, callback_id: UUID, if_match: str | None) -> CallbackRow:
    """It waits again. Operations may release what somebody else has."""
    row = await to_change(work, callback_id, if_match)
    if row.taken_by is None:
        return row
    if not who.has(Role.OPERATIONS):
        demand_free(row, who)
    return await _did(work, who, row, "release")


async def attempt(
    work: UnitOfWork, who: Principal, callback_id: UUID, next_try_at: datetime | None, if_match: str | None
) -> CallbackRow:
    """Tried, not reached: it waits again, and is due at the next try (default: in an hour)."""
    row = await to_change(work, callback_id, if_match)
    demand_free(row, who)
    return await _did(
        work, who, row, "attempt", next_try_at=next_try_at or work.clock.now() + TRY_AGAIN_AFTER
    )


async def settle(
    work: UnitOfWork,
    who: Principal,
    callback_id: UUID,
    body: SettleIn,
    if_match: str | None,
) -> CallbackRow:
    """Done, with all that the number waited for until now. Raises NoSuchContact."""
    contact_id = body.contact_id
    row = await to_change(work, callback_id, if_match)
    demand_free(row, who)
    if contact_id is not None and await contacts_repository.find(work.session, contact_id) is None:
        raise NoSuchContact(errors=at_field("/contact_id", "no contact has this id"))
    return await _did(work, who, row, "settle", outcome=body.outcome, contact_id=contact_id)


def demand_free(row: CallbackRow, who: Principal) -> None:
    """Raise CallbackTaken when somebody else has it."""
    if row.status == CallbackStatus.TAKEN and row.taken_by != who.subject:
        raise CallbackTaken


async def _did(
    work: UnitOfWork, who: Principal, row: CallbackRow, action: DeedAction, **more: Any
) -> CallbackRow:
    await do_all(work, who, [row], action, **more)
    await access_log.log_access(work, who, "change", access_log.CALLING_BACK, contacts=[row.last_contact_id])
    return await found(work, row.id)


async def do_all(
    work: UnitOfWork, who: Principal, rows: Sequence[CallbackRow], action: DeedAction, **more: Any
) -> None:
    """Do the same about each of these, whose numbers must be locked."""
    now = work.clock.now()
    blank = {"outcome": None, "next_try_at": None, "contact_id": None, "clearing_id": None}
    deed = {**blank, "at": now, "action": action, "subject": who.subject[:120], "role": who.role, **more}
    await repository.add_deeds(
        work.session, [{**deed, "id": new_id(), "callback_id": row.id} for row in rows]
    )
    days = frozenset((row.caller_id, row.day) for row in rows)
    touched = Touched(days, min(row.first_attempt_at for row in rows))
    await recompute(work.session, touched, now)


async def numbers_of(work: UnitOfWork, rows: Sequence[CallbackRow]) -> dict[UUID, str]:
    """The numbers to call, by caller."""
    sealed = await repository.sealed_numbers(work.session, {row.caller_id for row in rows})
    ring = vault_of(work).ring
    return {caller: ring.open(text, caller_context(caller)) for caller, text in sealed.items()}


async def present_items(
    work: UnitOfWork, who: Principal, rows: Sequence[CallbackRow], purpose: str | None
) -> list[CallbackItem]:
    """As lists show them. Where numbers are shown, one look for each is written down."""
    numbers = {}
    if rows and who.has(Role.RECEPTION):
        numbers = await numbers_of(work, rows)
        looked_at = [row.last_contact_id for row in rows]
        why = purpose or access_log.CALLING_BACK
        await access_log.log_access(work, who, "read", why, contacts=looked_at)
    return [_item(row, numbers.get(row.caller_id)) for row in rows]


async def present_callback(
    work: UnitOfWork, who: Principal, row: CallbackRow, purpose: str | None = None
) -> CallbackOut:
    """The whole call-back, with the number's calls since its day and with its trail."""
    (item,) = await present_items(work, who, [row], purpose)
    calls = await repository.calls_since(work.session, {row.caller_id}, row.day)
    deeds = await repository.deeds_of(work.session, row.id)
    return CallbackOut(
        **item.model_dump(),
        calls=[_call(stored.call) for stored in calls],
        trail=[DeedOut.model_validate(deed.model_dump()) for deed in deeds],
    )


def _item(row: CallbackRow, phone: str | None) -> CallbackItem:
    return CallbackItem(
        **row.model_dump(exclude={"caller_id", "is_short", "last_contact_id", "created_at"}),
        phone=phone,
        short=row.is_short,
        due_because="next_try_at" if row.next_try_at == row.due_at else "waiting_since",
    )


def _call(call: NumberCall) -> NumberCallOut:
    return NumberCallOut(
        contact_id=call.contact_id,
        line=call.line,
        started_at=call.started_at,
        answered_at=call.answered_at,
        waited_seconds=call.waited_seconds,
        short=call.is_short,
    )
