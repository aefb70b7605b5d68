"""An offer's opening hours as a week in a form: one opening and one closing for each day."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import uuid4

#: The days by their codes of RFC 5545, in their order.
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

#: Opening and closing by day, as `10:00`; a day that is not in it is closed.
Week = dict[str, tuple[str, str]]
_PLAIN = {"id", "freq", "byday", "opens_at", "closes_at", "notes"}


def week_of(schedules: Iterable[Mapping[str, Any]]) -> Week | None:
    """The hours as a week; None where they are more than one opening a day."""
    week: Week = {}
    for schedule in schedules:
        days = str(schedule.get("byday", "")).split(",")
        hours = schedule.get("opens_at"), schedule.get("closes_at")
        if not schedule.keys() <= _PLAIN or not set(days) <= set(DAYS) or None in hours or week.keys() & days:
            return None
        week |= {day: (str(hours[0])[:5], str(hours[1])[:5]) for day in days}
    return week


def schedules_of(week: Week) -> Sequence[dict[str, Any]]:
    """The week as schedules: days with the same hours are in one."""
    hours = sorted((week[day], DAYS.index(day)) for day in week)
    return [
        {
            "id": str(uuid4()),
            "freq": "WEEKLY",
            "opens_at": opens,
            "closes_at": closes,
            "byday": ",".join(DAYS[number] for _, number in days),
        }
        for (opens, closes), days in groupby(hours, key=lambda pair: pair[0])
    ]
