"""Rows and figures in the form in which they are answered."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from services.routing.deadlines.clocks import Deadline, read_clock
from services.routing.deadlines.repository import RunningClock
from services.routing.entries.queue_order import OrderReason, placing
from services.routing.models import EntryRow
from services.routing.schemas import (
    AgeBandOut,
    ClockOut,
    ComplianceOut,
    EntryOut,
    EstimateOut,
    GroupOut,
    LiveOut,
    OrderOut,
    QuantileOut,
    QueueOut,
    RunningClockOut,
    ServiceLevelOut,
    WaitFiguresOut,
)
from services.routing.units.repository import Queue
from services.routing.waits.estimate import WaitRange
from services.routing.waits.figures import WaitQuantile
from services.routing.waits.service import LiveFigures, WaitFigures
from services.routing.waits.statistics import Group
from services.routing.wording import estimate_text, kind_text, order_text, rule_name
from shared.ids import show_reference
from shared.vocabulary import Channel, Urgency


def entry_out(
    entry: EntryRow, queue: Queue, clocks: Sequence[Deadline], now: datetime, position: int | None = None
) -> EntryOut:
    """An entry as staff see it; of an open one only the clocks that count."""
    shown = [clock for clock in clocks if clock.counting or not entry.is_open]
    place = placing(Urgency(entry.urgency), clocks, entry.entered_at, queue.target, now)
    if entry.no_shows and place.rule is None:
        place = replace(place, reason=OrderReason.NO_SHOW)
    return EntryOut.model_validate(
        {
            **{name: getattr(entry, name) for name in EntryOut.model_fields if hasattr(entry, name)},
            "reference": show_reference(entry.reference),
            "kind_text": kind_text(entry.kind),
            "position": position,
            "order": OrderOut(
                reason=place.reason, due_at=place.due_at, rule=place.rule, text=order_text(place)
            ),
            "clocks": [clock_out(clock, queue, now) for clock in shown],
            "wait_seconds": max(((entry.left_at or now) - entry.entered_at).total_seconds(), 0.0),
        }
    )


def clock_out(clock: Deadline, queue: Queue, now: datetime) -> ClockOut:
    reading = read_clock(clock, now, queue.hours)
    return ClockOut(
        rule=clock.rule,
        name=rule_name(clock.rule),
        legal_basis=clock.legal_basis,
        paused_when_closed=clock.paused_when_closed,
        starts_at=clock.starts_at,
        due_at=clock.due_at,
        state=reading.state,
        remaining_seconds=reading.remaining_seconds,
        overdue_seconds=reading.overdue_seconds,
    )


def running_clock_out(running: RunningClock, queue: Queue, now: datetime) -> RunningClockOut:
    """A deadline in the list of those that run out."""
    placed = {name: getattr(running, name) for name in RunningClockOut.model_fields if hasattr(running, name)}
    return RunningClockOut.model_validate(
        {
            **clock_out(running.deadline, queue, now).model_dump(),
            **placed,
            "reference": show_reference(running.reference),
        }
    )


def estimate_out(queue: Queue, wait: WaitRange, now: datetime) -> EstimateOut:
    return EstimateOut(queue=queue.code, at=now, basis=estimate_text(wait), **asdict(wait))


def queue_out(queue: Queue, figures: LiveFigures) -> QueueOut:
    live = LiveOut(
        **_waits(figures.waits).model_dump(),
        at=figures.at,
        since=figures.since,
        is_open=figures.is_open,
        opens_at=figures.opens_at,
        taken=figures.taken,
        past_due=figures.past_due,
        oldest_wait_seconds=figures.oldest_wait_seconds,
        age_bands=[AgeBandOut(**asdict(band)) for band in figures.bands],
        estimate=estimate_out(queue, figures.estimate, figures.at),
    )
    configured: dict[str, Any] = queue.row.model_dump(include=set(QueueOut.model_fields) - {"live"})
    return QueueOut(**configured, live=live)


def group_out(group: Group) -> GroupOut:
    return GroupOut(
        **_waits(group.waits).model_dump(),
        starts_at=group.starts_at,
        queue=group.queue,
        channel=None if group.channel is None else Channel(group.channel),
        rule=group.rule,
        deadlines=ComplianceOut(**asdict(group.deadlines), share=group.deadlines.share),
    )


def _waits(figures: WaitFigures) -> WaitFiguresOut:
    levels = figures.service_levels.items()
    return WaitFiguresOut(
        entered=figures.entered,
        answered=figures.answered,
        abandoned=figures.abandoned,
        left=figures.left,
        waiting=figures.waiting,
        abandonment=figures.abandonment,
        p50=_quantile(figures.p50),
        p90=_quantile(figures.p90),
        longest_seconds=figures.longest_seconds,
        service_levels=[ServiceLevelOut(variant=variant, share=share) for variant, share in levels],
    )


def _quantile(quantile: WaitQuantile | None) -> QuantileOut | None:
    return None if quantile is None else QuantileOut(seconds=quantile.seconds, at_least=quantile.lower_bound)
