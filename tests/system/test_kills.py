"""Power cuts: the separately running services are killed at random moments under load, 50 times and more.

Then everything is counted: nothing that was acknowledged is lost, and nothing is there twice.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.access import Tokens
from shared.settings import CommonSettings
from shared.vocabulary import Role
from tests.databases import Databases
from tests.system.processes import Apart, Process

KILLS = 54
#: Each with a decision and a place in a queue at the end.
MOST_CONTACTS = 250
NEEDS = ("support_at_home", "homelessness", "child_concern", "debt", "assistive_devices")
SETTLE_SECONDS = 90

pytestmark = pytest.mark.slow


@pytest.fixture
async def apart(databases: Databases, tmp_path: Path) -> Any:
    urls = {name: await databases.fresh(name) for name in ("intake", "triage", "routing")}
    services = Apart(tmp_path / "data", urls)
    services.start()
    yield services
    services.stop()


class Load:
    """Clients that do not give up: a request without an answer is sent again with the same key."""

    def __init__(self, services: Apart, data: Path) -> None:
        self.services = services
        roles = [Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS]
        tokens = Tokens(CommonSettings(data=data))
        self.http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {tokens.for_development(roles, ['*'], 'load', 3600)}"},
            timeout=5,
        )
        self.acknowledged: dict[str, str] = {}
        self.taken: list[str] = []
        self.stopping = False
        self.unanswered = 0

    async def ask(self, service: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Until there is an answer that is not 5xx."""
        headers = {"Idempotency-Key": str(uuid4()), **more.pop("headers", {})}
        while True:
            with suppress(httpx.HTTPError):
                url = self.services[service].url + path
                answer = await self.http.request(method, url, headers=headers, **more)
                if answer.status_code < 500:
                    return answer
            self.unanswered += 1
            await asyncio.sleep(0.05)

    async def write(self, number: int) -> None:
        """Contacts with facts, one after the other."""
        chance = random.Random(number)
        while not self.stopping and len(self.acknowledged) < MOST_CONTACTS:
            need = chance.choice(NEEDS)
            facts = {"needs": [need], "age": 8 if need == "child_concern" else 40, "district": 3}
            facts["applies_for_measure"] = need == "support_at_home"
            body = {
                "channel": chance.choice(("walk_in", "written")),
                "facts": facts,
                "summary": f"nr. {number}",
            }
            answer = await self.ask("intake", "POST", "/v1/contacts", json=body)
            assert answer.status_code == 201, answer.text
            self.acknowledged[answer.json()["id"]] = need
            await asyncio.sleep(0.05)

    async def take(self) -> None:
        """Entries of a team's queue, one after the other."""
        while not self.stopping:
            if not await self.take_one():
                await asyncio.sleep(0.2)

    async def take_one(self) -> bool:
        """The next entry of the team's queue, if there is one."""
        answer = await self.ask("routing", "POST", "/v1/queues/housing-social/next")
        if answer.status_code == 200:
            self.taken.append(answer.json()["contact_id"])
        return answer.status_code == 200

    async def decide(self) -> None:
        """Accept whatever triage recommends."""
        while not self.stopping:
            found = await self.ask("triage", "GET", "/v1/assessments?status=undecided&limit=20")
            for assessment in found.json()["items"]:
                path = f"/v1/assessments/{assessment['id']}/decision"
                await self.ask("triage", "POST", path, json={"accept": True})
            await asyncio.sleep(0.1)


async def kill_at_random(process: Process, chance: random.Random, kills: Iterator[int]) -> None:
    for _ in kills:
        await asyncio.sleep(chance.uniform(0.1, 1.2))
        process.kill()
        process.start()
        await asyncio.to_thread(process.wait_until_ready)


async def test_after_fifty_kills_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    apart: Apart, tmp_path: Path
) -> None:
    load = Load(apart, tmp_path / "data")
    kills = iter(range(KILLS))
    workers = [asyncio.create_task(load.write(n)) for n in range(3)]
    workers += [asyncio.create_task(load.decide()), asyncio.create_task(load.take())]
    killers = [
        asyncio.create_task(kill_at_random(process, random.Random(n), kills))
        for n, process in enumerate(apart.processes.values())
    ]
    await asyncio.gather(*killers)
    load.stopping = True
    await asyncio.gather(*workers)
    assert next(kills, None) is None
    assert load.unanswered > 10
    assert len(load.acknowledged) > 100
    await settled(load)
    await everything_is_in_its_place(load)
    await load.http.aclose()


async def settled(load: Load) -> None:
    """Until no service has an event to send and every contact is decided."""
    deadline = time.monotonic() + SETTLE_SECONDS
    decider = asyncio.create_task(Load.decide(load))
    load.stopping = False
    while time.monotonic() < deadline:
        undecided = (await load.ask("triage", "GET", "/v1/assessments?status=undecided&limit=1")).json()[
            "items"
        ]
        waiting = [
            peer["waiting"] + peer["dead"]
            for service in apart_names
            for peer in (await load.ask(service, "GET", "/v1/events")).json()["peers"]
        ]
        if not undecided and not any(waiting):
            break
        await asyncio.sleep(0.3)
    else:
        pytest.fail(f"not settled: {waiting=} {len(undecided)=}")
    load.stopping = True
    await decider


apart_names = ("intake", "triage", "routing")


async def everything(load: Load, service: str, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (
            await load.ask(service, "GET", f"{path}{'&' if '?' in path else '?'}limit=200{cursor}")
        ).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


async def everything_is_in_its_place(load: Load) -> None:
    contacts = await everything(load, "intake", "/v1/contacts")
    assert set(load.acknowledged) == {contact["id"] for contact in contacts}, (
        "lost, or made without an answer"
    )
    assert len(contacts) == len(load.acknowledged), "doubled"
    assert {contact["status"] for contact in contacts} == {"triaged"}

    assessments = Counter(a["contact_id"] for a in await everything(load, "triage", "/v1/assessments"))
    assert assessments == Counter(load.acknowledged.keys())

    places: Counter[str] = Counter()
    queues = (await load.ask("routing", "GET", "/v1/queues")).json()["items"]
    for queue in queues:
        path = f"/v1/queues/{queue['code']}/entries?status=open"
        places.update(entry["contact_id"] for entry in await everything(load, "routing", path))
    assert places == Counter(load.acknowledged.keys())

    while await load.take_one():
        pass
    homeless = [contact_id for contact_id, need in load.acknowledged.items() if need == "homelessness"]
    assert Counter(load.taken) == Counter(homeless), "each is taken, and by one person only"
