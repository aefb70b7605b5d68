"""What operations repair about telephone systems: counts, queues without a line, deliveries set aside."""

from datetime import datetime

from services.intake.call_story.state import Inconsistency
from services.intake.calls import repository as calls_repository
from services.intake.deliveries.schemas import (
    InconsistentCount,
    Rerun,
    SetAsideCount,
    TelephonySummary,
    UnconfiguredQueueOut,
    UnconfiguredQueues,
)
from services.intake.delivery_store import repository
from services.intake.lines.dependencies import lines_of
from shared.unit_of_work import UnitOfWork


async def rerun(work: UnitOfWork, source: str | None, reason: str | None) -> Rerun:
    """Interpret again what was set aside: all, or that of one exchange or reason."""
    count = await repository.mark_set_aside_unread(work.session, source, reason)
    work.state.interpreter.wake()
    return Rerun(rerun=count)


async def summarise(work: UnitOfWork, since: datetime) -> TelephonySummary:
    """Deliveries by what became of them now; inconsistent calls since that moment. The most first."""
    set_aside = await repository.count_set_aside(work.session)
    inconsistent = await calls_repository.count_inconsistent(work.session, since)
    return TelephonySummary(
        since=since,
        set_aside=[
            SetAsideCount(form=form, reason=reason, count=count)
            for (form, reason), count in sorted(set_aside.items(), key=lambda one: (-one[1], one[0]))
        ],
        unread=await repository.count_unread(work.session),
        open_calls=await calls_repository.count_open_calls(work.session),
        inconsistent=[
            InconsistentCount(inconsistency=Inconsistency(kind), count=count)
            for kind, count in sorted(inconsistent.items(), key=lambda one: (-one[1], one[0]))
        ],
    )


async def unconfigured_queues(work: UnitOfWork) -> UnconfiguredQueues:
    """Queues that calls were in, and that no line has now."""
    rows = await calls_repository.unconfigured(work.session)
    lines, now = lines_of(work), work.clock.now()
    return UnconfiguredQueues(
        items=[
            UnconfiguredQueueOut.model_validate(row, from_attributes=True)
            for row in rows
            if not lines.is_claimed(row.queue, row.source, now)
        ]
    )
