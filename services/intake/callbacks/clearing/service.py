"""Clearing whole groups of call-backs with a reason: previewed, all or nothing, with a trail.

For when calling back makes no sense any more: the exchange was down for a day, a number called by mistake.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.callback_store import repository
from services.intake.callback_store.repository import WantedCallbacks
from services.intake.callback_store.state import CallbackStatus
from services.intake.callbacks.schemas import Cleared, ClearingIn
from services.intake.callbacks.service import do_all
from services.intake.models import CallbackRow
from services.intake.problems import OtherCallbacks, TooManyCallbacks
from shared.access import Principal
from shared.ids import new_id
from shared.log import mask
from shared.unit_of_work import UnitOfWork

#: What one clearing may hold; more are cleared in several, by day or by line.
MOST_CLEARED = 2000


async def clear(work: UnitOfWork, who: Principal, body: ClearingIn) -> Cleared:
    """Clear the call-backs that wait and fit, or say which they are. What somebody has taken is left alone.

    Raises TooManyCallbacks, and OtherCallbacks when they are not as many as are expected.
    """
    wanted = WantedCallbacks(
        statuses=(CallbackStatus.WAITING,),
        line=body.line,
        since=body.since,
        before=body.before,
        waited_less_than_seconds=body.waited_less_than_seconds,
        is_short=body.short,
    )
    if not body.preview:
        await repository.lock_callers_of(work.session, wanted)
    rows = await repository.list_callbacks(work.session, wanted, None, MOST_CLEARED)
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
    await repository.add_clearing(
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
    await do_all(work, who, rows, "clear", clearing_id=clearing_id)
    looked_at = {row.last_contact_id for row in rows}
    await access_log.log_access(work, who, "change", access_log.CALLING_BACK, contacts=sorted(looked_at))
    return clearing_id
