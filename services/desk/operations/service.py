"""Reading the state now, and a day of a queue with the usual days it is compared with."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.desk.api_clients import SERVICES, ApiClients
from services.desk.api_models import Health
from services.desk.callbacks.schemas import CallbackSummary
from services.desk.duties.service import MOST_READ, open_duties
from services.desk.operations.duty_figures import COUNTED_FOR, DutyFigures, figures_of
from services.desk.operations.schemas import Events, Peer, RunningClocks, Statistics, Telephony
from services.desk.operations.usual_day import (
    Compared,
    Hour,
    begin_of,
    compare,
    hours_of,
    same_time,
    usual_days,
)
from services.desk.sections import Section, section
from shared.clock import COPENHAGEN

#: So many of the deadlines that run out are on the page; the number of all is beside them.
CLOCKS_SHOWN = 12
#: So many dead letters of one service are on the page; the number of all is beside them.
LETTERS_SHOWN = 50
_WHOLE_DAY = 24


@dataclass(frozen=True)
class Systems:
    """Whether the services can work, and what could not be delivered or interpreted."""

    ready: Mapping[str, bool]
    events: Mapping[str, Section[Events]]
    telephony: Section[Telephony]

    @property
    def dead(self) -> int:
        """Dead letters of all services."""
        return sum(peer.dead for peer in self._peers())

    @property
    def on_their_way(self) -> int:
        """Events that wait to be delivered."""
        return sum(peer.waiting for peer in self._peers())

    def _peers(self) -> list[Peer]:
        return [peer for one in self.events.values() if one.body for peer in one.body.peers]

    @property
    def sections(self) -> Mapping[str, Section[Any]]:
        """What was read, by the key of its name."""
        return {**{f"events_{name}": one for name, one in self.events.items()}, "telephony": self.telephony}


@dataclass(frozen=True)
class Overview:
    """What the first page of operations has besides the board."""

    clocks: Section[RunningClocks]
    #: None inside while routing does not have duties yet.
    duties: Section[DutyFigures | None]
    callbacks: Section[CallbackSummary]
    systems: Systems

    @property
    def sections(self) -> Mapping[str, Section[Any]]:
        """All parts, by the key of their names."""
        return {
            "clocks": self.clocks,
            "duties": self.duties,
            "callbacks": self.callbacks,
            **self.systems.sections,
        }

    @property
    def unread(self) -> list[str]:
        """What could not be read: nobody knows whether it is as it should be."""
        return [name for name, one in self.sections.items() if one.why in {"refused", "unreachable"}]

    @property
    def is_partly_hidden(self) -> bool:
        """Whether the user's role may not see a part of it."""
        return any(one.why == "forbidden" for one in self.sections.values())


async def read_overview(services: ApiClients, now: datetime) -> Overview:
    """Everything but the board; a part that the role may not see says so."""
    clocks, duties, callbacks, systems = await asyncio.gather(
        section(services.get("routing", "/v1/clocks", RunningClocks, limit=CLOCKS_SHOWN)),
        section(read_figures(services, now)),
        section(services.get("intake", "/v1/callbacks/summary", CallbackSummary)),
        read_systems(services),
    )
    return Overview(clocks, duties, callbacks, systems)


async def read_figures(services: ApiClients, now: datetime) -> DutyFigures | None:
    """How every rule's duties are kept, those of contacts that nobody has decided on among them.

    None while routing does not have duties yet.
    """
    duties, ended = await asyncio.gather(
        open_duties(services),
        services.get(
            "routing",
            "/v1/statistics",
            Statistics,
            group_by="rule",
            **{"from": (now - COUNTED_FOR).isoformat(), "to": now.isoformat()},
        ),
    )
    if duties is None:
        return None
    return figures_of(duties, ended, is_whole=len(duties) < MOST_READ)


async def read_systems(services: ApiClients) -> Systems:
    """Readiness, events on their way, and the telephone systems."""
    ready, events, telephony = await asyncio.gather(
        asyncio.gather(*(section(services.get(name, "/health/ready", Health)) for name in SERVICES)),
        asyncio.gather(
            *(section(services.get(name, "/v1/events", Events, limit=LETTERS_SHOWN)) for name in SERVICES)
        ),
        section(services.get("intake", "/v1/telephony/summary", Telephony)),
    )
    return Systems(
        ready={name: bool(one) for name, one in zip(SERVICES, ready, strict=True)},
        events=dict(zip(SERVICES, events, strict=True)),
        telephony=telephony,
    )


@dataclass(frozen=True)
class Day:
    """A day's figures so far, its hours, and the usual days they are compared with."""

    day: date
    is_today: bool
    at: datetime
    figures: list[Compared]
    coming: list[Hour]
    waiting: list[Hour]
    #: The usual days that have figures, of the `compared` ones.
    rests_on: list[date]
    compared: int


async def read_day(services: ApiClients, queue: str, day: date, now: datetime) -> Day:
    """The day in this queue; today up to `now`. Raises Refused or ServiceUnreachable."""
    is_today = day == now.astimezone(COPENHAGEN).date()
    until = now if is_today else None
    earlier = usual_days(day)
    hours, totals = await asyncio.gather(
        asyncio.gather(*(_statistics(services, queue, one, None, "hour") for one in (day, *earlier))),
        asyncio.gather(*(_statistics(services, queue, one, until, None) for one in (day, *earlier))),
    )
    today, *before = [answer.groups for answer in hours]
    last_hour = now.astimezone(COPENHAGEN).hour if is_today else _WHOLE_DAY
    total, *usual = [answer.total for answer in totals]
    return Day(
        day=day,
        is_today=is_today,
        at=now,
        figures=compare(total, usual),
        coming=hours_of(today, before, "entered", last_hour),
        waiting=hours_of(today, before, "p50", last_hour),
        rests_on=[one for one, groups in zip(earlier, before, strict=True) if groups],
        compared=len(earlier),
    )


async def _statistics(
    services: ApiClients, queue: str, day: date, until: datetime | None, group_by: str | None
) -> Statistics:
    """A day's statistics, whole or up to the same time of day as `until`."""
    start = begin_of(day)
    end = begin_of(day + timedelta(days=1)) if until is None else same_time(day, until)
    # At midnight the day is empty so far; routing refuses a period without length.
    period = {"from": start.isoformat(), "to": max(end, start + timedelta(seconds=1)).isoformat()}
    return await services.get(
        "routing", "/v1/statistics", Statistics, queue=queue, group_by=group_by, **period
    )
