"""`python -m benchmarks ways`: which files a reader opens to follow four ways through the running system.

Each way is walked once for practice and once while every Python function that is called is recorded
(`sys.setprofile`). A file counts when one of its functions ran; definitions that ran at import do not.
Neither does what the services do by themselves meanwhile: no jobs run beside the way, and the relay carries
only the events that the way leads to.
"""

import asyncio
import os
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from services.hosting.all_in_one import SERVICES, AllInOne
from shared.clock import SettableClock
from shared.vocabulary import Role

ROOT = Path(__file__).parents[1]
#: What a reader of one way has to open at most (design.md, The house): files of services/ and of shared/.
MOST_SERVICES, MOST_SHARED = 25, 10


class System:
    """The embedded system with a reception, a team and a telephone exchange that use it over HTTP."""

    def __init__(self, house: AllInOne, clock: SettableClock) -> None:
        self.house, self.clock = house, clock
        self._calls = count(1)

    async def request(self, service: str, role: Role, method: str, path: str, body: Any = None) -> Any:
        """Make one request, which must succeed, and let its events arrive."""
        state = self.house.apps[service].state
        token = state.tokens.for_development([role], ("*",), "alma", 3600)
        async with self.house.client(service) as client:
            answer = await client.request(
                method, path, json=body, headers={"Authorization": f"Bearer {token}"}
            )
        if answer.is_error:
            raise httpx.HTTPStatusError(answer.text, request=answer.request, response=answer)
        await self.carry_events()
        return answer.json()

    async def carry_events(self) -> None:
        """Carry events until no service has any left; intake's interpreter runs for deliveries only."""
        relays = [self.house.apps[name].state.relay for name in SERVICES]
        while sum([await relay.drain(woken_only=True) for relay in relays]):
            pass

    async def register(self) -> str:
        """Register a homeless walk-in with the facts; gives the contact's id."""
        facts = {"needs": ["homelessness"], "in_municipality": True}
        body = {"channel": "walk_in", "citizen": {"age": 34}, "facts": facts}
        return str((await self.request("intake", Role.RECEPTION, "POST", "/v1/contacts", body))["id"])

    async def call(self) -> None:
        """A caller rings and waits in the first queue of the line."""
        number, now = next(self._calls), self.clock.now().isoformat()
        shared = {"source": "pbx", "call_id": f"call-{number}", "occurred_at": now}
        rings = {**shared, "delivery_id": f"{number}-1", "type": "ringing", "from": "+4520000001"}
        waits = {**shared, "delivery_id": f"{number}-2", "type": "queued", "queue": "socialservice"}
        await self.request("intake", Role.TELEPHONY, "POST", "/v1/telephony/events", [rings, waits])
        await self.house.apps["intake"].state.interpreter.drain()
        await self.carry_events()

    async def newest_assessment(self, contact_id: str) -> str:
        """The id of the assessment that triage made of the contact by itself."""
        path = f"/v1/assessments?contact_id={contact_id}"
        found = (await self.request("triage", Role.RECEPTION, "GET", path))["items"]
        return str(max(item["id"] for item in found))

    async def decide(self, assessment_id: str) -> None:
        """Accept the recommendation."""
        path = f"/v1/assessments/{assessment_id}/decision"
        await self.request("triage", Role.RECEPTION, "POST", path, {"accept": True})

    async def take_next(self) -> None:
        """A caseworker takes the next entry of the unit's queue."""
        await self.request("routing", Role.CASEWORKER, "POST", "/v1/queues/housing-social/next")


@dataclass(frozen=True)
class Way:
    """One way: what has to be there first, and the step that is recorded, which gets what `before` gives."""

    title: str
    before: Callable[[System], Awaitable[Any]]
    step: Callable[[System, Any], Awaitable[Any]]


async def _nothing(_system: System) -> None:
    return None


async def _assessed(system: System) -> str:
    return await system.newest_assessment(await system.register())


async def _decided(system: System) -> None:
    await system.decide(await _assessed(system))


WAYS = (
    Way("A contact: to the reception's queue and triage", _nothing, lambda system, _: system.register()),
    Way("A call: from the exchange to the reception's queue", _nothing, lambda system, _: system.call()),
    Way("A decision: to the one unit's queue", _assessed, lambda system, found: system.decide(found)),
    Way("An entry taken: by the unit, and open at intake", _decided, lambda system, _: system.take_next()),
)


@contextmanager
def recorded(files: set[str]) -> Iterator[None]:
    """Add to `files` each file of the project, relative to its root, of which a function runs meanwhile."""
    within = (f"{ROOT / 'services'}{os.sep}", f"{ROOT / 'shared'}{os.sep}")

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(within) and code.co_name != "<module>":
            files.add(str(Path(code.co_filename).relative_to(ROOT)))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@asynccontextmanager
async def system() -> AsyncIterator[System]:
    """A system of its own in a temporary folder, on a Tuesday morning."""
    clock = SettableClock(datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as folder:
        async with AllInOne(Path(folder), clock=clock, relay=False).run() as house:
            yield System(house, clock)


async def files_of_each_way() -> dict[str, list[str]]:
    """The files of each way by its title, in order of their names."""
    found: dict[str, list[str]] = {}
    async with system() as running:
        for way in WAYS:
            files: set[str] = set()
            await way.step(running, await way.before(running))
            prepared = await way.before(running)
            with recorded(files):
                await way.step(running, prepared)
            found[way.title] = sorted(files)
    return found


def run(console: Console) -> None:
    """Print the number of files of each way, and their names."""
    found = asyncio.run(files_of_each_way())
    table = Table("way", "services", "shared", title="Files a reader opens", title_justify="left")
    for title, files in found.items():
        services = [file for file in files if file.startswith("services")]
        table.add_row(title, str(len(services)), str(len(files) - len(services)))
    console.print(table)
    for title, files in found.items():
        console.print(f"\n{title}\n" + "\n".join(f"  {file}" for file in files), highlight=False)
