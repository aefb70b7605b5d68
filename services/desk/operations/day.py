"""A day of a queue against usual days, asked of routing's statistics."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.desk.api_clients import Services
from services.desk.operations.usual_day import (
    Compared,
    Hour,
    begin_of,
    compare,
    hours_of,
    same_time,
    usual_days,
)
from shared.clock import COPENHAGEN

_WHOLE_DAY = 24


@dataclass(frozen=True)
class Day:
    """A day's figures so far, its hours, and which usual days they are held against."""

    day: date
    is_today: bool
    at: datetime
    figures: list[Compared]
    coming: list[Hour]
    waiting: list[Hour]
    #: The usual days on which somebody came, of those asked for.
    rests_on: list[date]
    asked: int


async def look_at_day(services: Services, queue: str, day: date, now: datetime) -> Day:
    """The day in this queue; today as far as it has come. Raises Refused or ServiceUnreachable."""
    is_today = day == now.astimezone(COPENHAGEN).date()
    earlier = usual_days(day)
    hours, totals = await asyncio.gather(
        asyncio.gather(*(_ask(services, queue, one, None, "hour") for one in (day, *earlier))),
        asyncio.gather(
            *(_ask(services, queue, one, now if is_today else None, None) for one in (day, *earlier))
        ),
    )
    today, *before = [answer["groups"] for answer in hours]
    until = now.astimezone(COPENHAGEN).hour if is_today else _WHOLE_DAY
    total, *usual = [answer["total"] for answer in totals]
    return Day(
        day=day,
        is_today=is_today,
        at=now,
        figures=compare(total, usual),
        coming=hours_of(today, before, "entered", until),
        waiting=hours_of(today, before, "p50", until),
        rests_on=[one for one, groups in zip(earlier, before, strict=True) if groups],
        asked=len(earlier),
    )


async def _ask(
    services: Services, queue: str, day: date, until: datetime | None, group_by: str | None
) -> dict[str, Any]:
    """A day's statistics, whole or until the same time of day as `until`."""
    start = begin_of(day)
    end = begin_of(day + timedelta(days=1)) if until is None else same_time(day, until)
    answer: dict[str, Any] = await services.get(
        "routing",
        "/v1/statistics",
        queue=queue,
        group_by=group_by,
        **{"from": start.isoformat(), "to": max(end, start + timedelta(seconds=1)).isoformat()},
    )
    return answer
