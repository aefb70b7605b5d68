"""Call-backs as their reader may see them: the number is for those who call, each look is logged."""

from collections.abc import Sequence

from services.intake.access_log import service as access_log
from services.intake.callbacks import repository, service
from services.intake.callbacks.schemas import CallbackItem, CallbackOut, DeedOut, NumberCallOut
from services.intake.callbacks.state import NumberCall
from services.intake.models import CallbackRow
from shared.access import Principal
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Role


async def present_items(
    work: UnitOfWork, who: Principal, rows: Sequence[CallbackRow], purpose: str | None
) -> list[CallbackItem]:
    """As lists show them. Where numbers are shown, one look for each is written down."""
    numbers = {}
    if rows and who.has(Role.RECEPTION):
        numbers = await service.numbers_of(work, rows)
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
