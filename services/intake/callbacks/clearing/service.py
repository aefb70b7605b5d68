"""Clearing whole groups of call-backs with a reason: previewed, all or nothing, with a trail.

For when calling back makes no sense any more: the exchange was down for a day, a number called by mistake.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from services.intake.callback_store.state import CallbackStatus
from services.intake.callbacks.clearing.repository import add_clearing
from services.intake.callbacks.clearing.schemas import Cleared, ClearingIn
from services.intake.callbacks.repository import CallbackFilter, list_callbacks, lock_callers_of
from services.intake.callbacks.service import act_on_all
from services.intake.models import CallbackRow
from services.intake.problems import OtherCallbacks, TooManyCallbacks
from shared.access import Principal
from shared.ids import new_id
from shared.log import mask
from shared.unit_of_work import UnitOfWork

#: The most call-backs of one clearing; more are cleared in several, by day or by line.
MOST_CLEARED = 2000


async def clear(work: UnitOfWork, who: Principal, body: ClearingIn) -> Cleared:
    """Clear the waiting call-backs that match, or say which they are. What a user has taken is left alone.

    Raises TooManyCallbacks, and OtherCallbacks when they are not as many as are expected.
    """
    filters = CallbackFilter(
        statuses=(CallbackStatus.WAITING,),
        line=body.line,
        since=body.since,
        before=body.before,
        waited_less_than_seconds=body.waited_less_than_seconds,
        is_short=body.short,
    )
    if not body.preview:
        await lock_callers_of(work.session, filters)
    rows = await list_callbacks(work.session, filters, None, MOST_CLEARED)
    if len(rows) > MOST_CLEARED:
        raise TooManyCallbacks
    if body.expected not in (None, len(rows)):
        raise OtherCallbacks(f"They are {len(rows)} now.")
    clearing_id = None
    if rows and not body.preview:
        clearing_id = await _clear(work, who, body, rows)
    return Cleared(
        preview=body.preview,
        clearing_id=clearing_id,
        count=len(rows),
        by_line=dict(Counter(row.line for row in rows)),
        callbacks=[row.id for row in rows],
    )


async def _clear(work: UnitOfWork, who: Principal, body: ClearingIn, rows: Sequence[CallbackRow]) -> UUID:
    clearing_id = new_id()
    await add_clearing(
        work.session,
        {
            "id": clearing_id,
            "at": work.clock.now(),
            "subject": who.subject[:120],
            "role": who.role,
            "reason": mask(body.reason),
            "criteria": body.criteria(),
            "cleared": len(rows),
        },
    )
    await act_on_all(work, who, rows, "clear", clearing_id=clearing_id)
    return clearing_id
