"""How soon open boards show what happened, and what the desk's pages weigh and how soon they begin to come.

Boards: the whole system in a process of its own, over real sockets. Somebody comes to the counter; the clock
runs from the request to intake until a board shows one more who waits. Routing's own stream
(`/v1/board`) and the desk's part of a page (`/operations/live`, rendered for each of them), with one board
open and with fifty in turn. Pages: a simulated week, each page in turn with `/health/live` of that process.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.servers import ROOT
from services.desk.navigation import doors_of
from services.desk.session import PEOPLE, begin
from shared.access import Tokens
from shared.clock import SystemClock
from shared.settings import CommonSettings
from shared.vocabulary import Role
from tests.system.processes import Process, free_port

BOARDS = (1, 50)
ROUNDS = 3
EVENTS = 8
DAYS = 7
REQUESTS = 15
_UNIT = "adults"
#: How many wait at the counter, as routing's stream and the desk's part say.
_WAITING = {
    "routing /v1/board": re.compile(r'"code":"reception-desk".*?"waiting":(\d+)'),
    "desk /operations/live": re.compile(r"/inbox/reception-desk\".*?<strong>(\d+)</strong>", re.DOTALL),
}
_PATHS = {"routing /v1/board": "/routing/v1/board", "desk /operations/live": "/operations/live"}


@dataclass
class Board:
    """One open board: how many wait by what it shows, and since when (of the performance counter)."""

    seen: dict[int, float] = field(default_factory=dict)

    async def follow(self, client: httpx.AsyncClient, kind: str) -> None:
        """Read until cancelled; an event ends with an empty line."""
        pattern, received = _WAITING[kind], ""
        async with client.stream("GET", _PATHS[kind], timeout=None) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                received += line + "\n"
                if not line:
                    if found := pattern.search(received):
                        self.seen.setdefault(int(found[1]), time.perf_counter())
                    received = ""


async def delays(url: str, kind: str, boards: int, token: str, cookies: httpx.Cookies) -> list[float]:
    """Seconds from the request to intake until each board showed it, over some events."""
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, headers=headers, cookies=cookies, limits=limits) as client:
        opened = [Board() for _ in range(boards)]
        following = [asyncio.create_task(board.follow(client, kind)) for board in opened]
        try:
            found: list[float] = []
            for _ in range(EVENTS):
                await _until(lambda: all(board.seen for board in opened))
                wanted = max(max(board.seen) for board in opened) + 1
                began = time.perf_counter()
                answer = await client.post("/intake/v1/contacts", json={"channel": "walk_in"})
                answer.raise_for_status()
                await _until(lambda: all(wanted in board.seen for board in opened))  # noqa: B023 -- awaited here
                found += [board.seen[wanted] - began for board in opened]
                await asyncio.sleep(0.3)
            return found
        finally:
            for task in following:
                task.cancel()
            await asyncio.wait(following)


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not reached():
            await asyncio.sleep(0.002)


def follow_events(console: Console) -> None:
    """One board and fifty in turn, three rounds; the ratio is that of the medians of one run."""
    table = Table("stream", "boards", "median", "9 of 10", "slowest", "against 1 board", title="Boards")
    with _services() as (url, data):
        tokens = Tokens(CommonSettings(data=data))
        token = tokens.for_development([Role.RECEPTION], [], "bench", 3600)
        cookies = _sign_in(url, Role.OPERATIONS)
        for kind in _PATHS:
            found: dict[int, list[float]] = {boards: [] for boards in BOARDS}
            for _ in range(ROUNDS):
                for boards in BOARDS:
                    found[boards] += asyncio.run(delays(url, kind, boards, token, cookies))
            for boards, seconds in found.items():
                ratio = median(seconds) / median(found[1])
                figures = (median(seconds), quantiles(seconds, n=10)[-1], max(seconds))
                table.add_row(kind, str(boards), *(f"{one * 1000:.0f} ms" for one in figures), f"{ratio:.1f}")
    console.print(table)


@contextmanager
def _services(days: int = 0) -> Iterator[tuple[str, Path]]:
    """All services in a process of its own, with the days that were simulated in it; its URL and folder."""
    with TemporaryDirectory(prefix="dsi-bench-") as name:
        data = Path(name)
        if days:
            command = [sys.executable, "-m", "services", "simulate", "--days", str(days), "--data", name]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        process = Process(data, None, free_port(), {})
        process.start()
        try:
            process.wait_until_ready("/intake/health/ready")
            yield process.url, data
        finally:
            process.stop()


def _sign_in(url: str, role: Role) -> httpx.Cookies:
    with httpx.Client(base_url=url) as client:
        unit = _UNIT if role is Role.CASEWORKER else ""
        answer = client.post("/sign-in", data={"role": role.value, "name": "Bench", "unit": unit})
        if answer.status_code != httpx.codes.SEE_OTHER:
            message = f"sign-in failed: {answer.status_code}"
            raise RuntimeError(message)
        return client.cookies


@dataclass(frozen=True)
class Page:
    """A page as one role requests it. With a form it is sent, as a trace's purpose is."""

    role: Role
    path: str
    form: dict[str, str] | None = None


def pages(contact: str) -> list[Page]:
    """Every door of every role, and the pages behind them that show most."""
    now = SystemClock().now()
    found: dict[str, Page] = {}
    for role in PEOPLE:
        session = begin(token="", subject="", name="", role=role, units=(), now=now)
        for door in doors_of(session, ""):
            found.setdefault(door.path, Page(role, door.path))
    behind = [
        Page(Role.OPERATIONS, "/operations/day"),
        Page(Role.OPERATIONS, "/operations/systems"),
        Page(Role.CASEWORKER, f"/inbox/{_UNIT}"),
        Page(Role.RECEPTION, f"/contacts/{contact}"),
        Page(Role.AUDITOR, f"/trace/{contact}", {"purpose": "Tilsyn"}),
    ]
    return [Page(Role.RECEPTION, "/"), *found.values(), *behind]


def _first_byte(client: httpx.Client, page: Page) -> tuple[float, int]:
    """Seconds until the answer began, and how many bytes came. The connection is open already."""
    began = time.perf_counter()
    method = "GET" if page.form is None else "POST"
    with client.stream(method, page.path, data=page.form, follow_redirects=True) as answer:
        parts = answer.iter_raw()
        first = next(parts, b"")
        seconds = time.perf_counter() - began
        rest = sum(len(part) for part in parts)
        if answer.status_code != httpx.codes.OK:
            message = f"{page.path}: {answer.status_code}"
            raise RuntimeError(message)
    return seconds, len(first) + rest


def weigh_pages(console: Console) -> None:
    """Each page and the bare answer of the same process in turn, on the simulated week."""
    table = Table("page", "as", "bytes", "first byte", "against /health/live", title="The desk's pages")
    with _services(DAYS) as (url, data):
        token = Tokens(CommonSettings(data=data)).for_development([Role.RECEPTION], [], "bench", 3600)
        headers = {"Authorization": f"Bearer {token}"}
        found = httpx.get(f"{url}/intake/v1/contacts?status=triaged&limit=1", headers=headers).json()
        for page in pages(found["items"][0]["id"]):
            with httpx.Client(base_url=url, cookies=_sign_in(url, page.role), timeout=30) as client:
                table.add_row(*_weigh(client, page))
    console.print(table)


def _weigh(client: httpx.Client, page: Page) -> list[str]:
    bare = Page(page.role, "/health/live")
    if page.form is not None:
        secret = re.search(r'name="csrf" value="([^"]+)"', client.get(page.path).text)
        page = Page(page.role, page.path, {**page.form, "csrf": "" if secret is None else secret[1]})
    rounds = [(_first_byte(client, page), _first_byte(client, bare)) for _ in range(REQUESTS)]
    seconds = median(one[0] for one, _ in rounds)
    floor = median(one[0] for _, one in rounds)
    size = max(one[1] for one, _ in rounds)
    path = re.sub(r"[0-9a-f-]{36}", "ID", page.path)
    return [path, page.role.value, f"{size:,}", f"{seconds * 1000:.0f} ms", f"{seconds / floor:.0f}"]


def run(console: Console) -> None:
    """Both tables."""
    follow_events(console)
    weigh_pages(console)
