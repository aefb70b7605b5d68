"""`dsi simulate`: plays the days that have just passed, so that what it leaves lies in the past."""

import random
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from city_week.checks import check_places
from city_week.clients import Clients, ok
from city_week.report import print_report
from city_week.week import Week
from services.hosting.all_in_one import AllInOne
from services.hosting.local_system import client_of, local_system
from shared.clock import COPENHAGEN, SettableClock, SystemClock
from shared.settings import CommonSettings
from shared.vocabulary import Role

_DAY = timedelta(days=1)


async def simulate_days(days: int, seed: int, data: Path | None, talk: Console) -> int:
    """Play `days` days that end with yesterday, print the tables; 0 when every contact is in one place.

    Refused outside development mode: made-up people have no business among real ones.
    """
    if CommonSettings().mode != "development":
        talk.print("[red]The simulation runs in development mode only.[/red]")
        return 2
    today = SystemClock().now().astimezone(COPENHAGEN).date()
    first = today - days * _DAY
    clock = SettableClock(datetime.combine(first, datetime.min.time(), COPENHAGEN))
    async with local_system(data, clock) as system, AsyncExitStack() as stack:
        await system.settle()
        clients = await _clients(system, stack)
        week = Week(clients, clock, random.Random(seed), first, days)  # noqa: S311 -- chance, not secrecy
        await _play(week, clock.now(), talk)
        findings = await check_places(clients)
        statistics = ok(
            await clients.routing.get(
                "/v1/statistics",
                params={"from": week.since.isoformat(), "to": week.until.isoformat(), "group_by": "queue"},
            )
        )
        print_report(Console(), week.tally, statistics["groups"], findings)
    return 1 if findings.wrong else 0


async def _clients(system: AllInOne, stack: AsyncExitStack) -> Clients:
    async def one(service: str, role: Role) -> httpx.AsyncClient:
        return await stack.enter_async_context(client_of(system, service, role, f"simulated-{role}"))

    return Clients(
        telephony=await one("intake", Role.TELEPHONY),
        intake=await one("intake", Role.RECEPTION),
        triage=await one("triage", Role.RECEPTION),
        routing=await one("routing", Role.RECEPTION),
        teams=await one("routing", Role.CASEWORKER),
        settle=partial(system.settle, woken_only=True),
    )


async def _play(week: Week, start: datetime, talk: Console) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=talk) as progress:
        task = progress.add_task("playing", total=(week.until - start).total_seconds())

        def tick(moment: datetime) -> None:
            label = f"{moment.astimezone(COPENHAGEN):%a %d %b %H:%M}"
            passed = (moment - start).total_seconds()
            progress.update(task, completed=passed, description=label)

        await week.play(tick)
        progress.update(task, completed=(week.until - start).total_seconds())
