"""Simulates days of the city: contacts arrive, and staff at phone, desk, mail and in teams work on them."""

import random
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid5

from city_week.agenda import Agenda
from city_week.citizens import Citizen, draw_citizen
from city_week.clients import Clients, ok
from city_week.reception import Reception
from city_week.tally import Tally
from city_week.volumes import (
    MEAN_CASE_WORK,
    MEAN_DESK_TALK,
    MEAN_LETTER_WORK,
    MEAN_TALK,
    Arrival,
    arrivals,
    duration,
    opening,
    patience,
)
from shared.clock import COPENHAGEN, SettableClock
from shared.ids import new_id

AGENTS = ("Anna", "Bilal", "Carla")
DESKS = 3
MAIL = 1
RETURN_SHARE = 0.03
_LOOK_AGAIN = timedelta(minutes=20)
_PHONE_QUEUE = "socialservice"


class Week:
    """Plays `days` days from `first`; `clock` is the city's clock and is set to each moment."""

    def __init__(
        self, clients: Clients, clock: SettableClock, random_: random.Random, first: date, days: int
    ) -> None:
        self.tally = Tally()
        self.since = datetime.combine(first, datetime.min.time(), COPENHAGEN)
        self.until = datetime.combine(first + timedelta(days=days), datetime.min.time(), COPENHAGEN)
        self._clients, self._clock, self._random = clients, clock, random_
        self._reception = Reception(clients, random_, self.tally)
        self._agenda = Agenda()
        self._free_agents = deque(AGENTS)
        self._holding: deque[tuple[str, Citizen]] = deque()
        self._people: dict[str, Citizen] = {}
        # The same week played twice is two weeks: its calls have names of their own.
        self._name = uuid5(new_id(), "week").hex[:12]
        for number, arrival in enumerate(arrivals(random_, first, days)):
            self._agenda.plan(arrival.at, partial(self._arrive, arrival, f"sim-{self._name}-{number}"))
        for _ in range(DESKS):
            self._agenda.plan(opening(self.since), self._desk_looks)
        for _ in range(MAIL):
            self._agenda.plan(opening(self.since), self._mail_looks)

    async def play(self, tick: Callable[[datetime], None]) -> None:
        """Run all actions in the order of time until `days` are over; `tick` is called with each time."""
        await self._plan_teams()
        while (found := self._agenda.next(self.until)) is not None:
            at, action = found
            self._clock.set(max(at, self._clock.now()))
            tick(at)
            await action()
        self._clock.set(self.until)

    async def _plan_teams(self) -> None:
        queues = ok(await self._clients.routing.get("/v1/queues"))["items"]
        start = opening(self._clock.now())
        for queue in queues:
            if queue["kind"] == "team" and queue["code"] != "reception":
                for _ in range(2 if queue["code"] in {"adults", "youth"} else 1):
                    wait = timedelta(minutes=self._random.uniform(0, 30))
                    self._agenda.plan(start + wait, partial(self._team_looks, queue["code"]))

    async def _arrive(self, arrival: Arrival, call: str) -> None:
        self.tally.arrived[arrival.channel] += 1
        citizen = draw_citizen(self._random, arrival.at.date(), arrival.channel)
        if arrival.channel == "phone":
            await self._ring(call, citizen)
            return
        contact_id = await self._reception.write_down(arrival.channel, citizen, self._clock.now())
        self._people[contact_id] = citizen

    # The telephone exchange: three agents, and callers who wait until their patience is over.

    async def _ring(self, call: str, citizen: Citizen) -> None:
        await self._report(
            call, "queued", queue=_PHONE_QUEUE, **({"from": citizen.phone} if citizen.phone else {})
        )
        self._holding.append((call, citizen))
        self._agenda.plan(self._clock.now() + patience(self._random), partial(self._give_up, call))
        await self._connect()

    async def _give_up(self, call: str) -> None:
        held = [waiting for waiting in self._holding if waiting[0] == call]
        if held:
            self._holding.remove(held[0])
            self.tally.abandoned += 1
            self.tally.contacts.add(await self._report(call, "abandoned", queue=_PHONE_QUEUE))
            await self._clients.settle()

    async def _connect(self) -> None:
        if not self._holding or not self._free_agents:
            return
        (call, citizen), agent = self._holding.popleft(), self._free_agents.popleft()
        self.tally.answered += 1
        self.tally.contacts.add(await self._report(call, "answered", queue=_PHONE_QUEUE, agent=agent))
        await self._clients.settle()
        ends = self._clock.now() + duration(self._random, MEAN_TALK)
        self._agenda.plan(ends, partial(self._hang_up, call, citizen, agent))

    async def _hang_up(self, call: str, citizen: Citizen, agent: str) -> None:
        contact_id = await self._report(call, "ended", queue=_PHONE_QUEUE, agent=agent)
        await self._reception.register(contact_id, citizen, "phone")
        self._free_agents.append(agent)
        await self._connect()

    async def _report(self, call: str, type_: str, **more: str) -> str:
        """Send one telephony event; gives the id of the call's contact."""
        event = {
            "source": "simulation",
            "delivery_id": f"{call}-{type_}",
            "call_id": call,
            "type": type_,
            "occurred_at": self._clock.now().isoformat(),
            **more,
        }
        ok(await self._clients.telephony.post("/v1/telephony/events", json=event))
        found = ok(await self._clients.intake.get(f"/v1/calls/{call}"))
        return str(found["contact_id"])

    # Desk, mail and teams: each takes the next entry of a queue, works on it, and looks for another.

    async def _desk_looks(self) -> None:
        entry = await self._clients.next_entry(self._clients.routing, "reception-desk")
        if entry is not None:
            await self._work(entry, MEAN_DESK_TALK, "walk_in", self._desk_looks)
            return
        entry = await self._clients.next_entry(self._clients.routing, "reception")
        if entry is not None:
            await self._reception.follow_up(entry)
        self._look_again(self._desk_looks, timedelta(minutes=5))

    async def _mail_looks(self) -> None:
        entry = await self._clients.next_entry(self._clients.routing, "reception-mail")
        if entry is None:
            self._look_again(self._mail_looks, _LOOK_AGAIN)
        else:
            await self._work(entry, MEAN_LETTER_WORK, "written", self._mail_looks)

    async def _work(
        self, entry: dict[str, Any], mean: timedelta, channel: str, then: Callable[[], Awaitable[None]]
    ) -> None:
        await self._clients.settle()

        async def finish() -> None:
            citizen = self._people.pop(entry["contact_id"], None)
            if citizen is None:
                # A contact from before the simulation: it has no simulated citizen to decide for.
                ok(await self._clients.routing.post(f"/v1/entries/{entry['id']}/release"))
            else:
                self.tally.contacts.add(entry["contact_id"])
                await self._reception.register(entry["contact_id"], citizen, channel)
            self._look_again(then, timedelta(minutes=1))

        self._agenda.plan(self._clock.now() + duration(self._random, mean), finish)

    async def _team_looks(self, queue: str) -> None:
        entry = await self._clients.next_entry(self._clients.teams, queue)
        if entry is None:
            self._look_again(partial(self._team_looks, queue), _LOOK_AGAIN)
            return

        async def finish() -> None:
            path = f"/v1/entries/{entry['id']}"
            if self._random.random() < RETURN_SHARE and entry["contact_id"] in self.tally.contacts:
                ok(
                    await self._clients.teams.post(
                        f"{path}/return", json={"reason": "Hører til en anden enhed"}
                    )
                )
                self.tally.returned += 1
            else:
                acts = await self._acts_on(entry["contact_id"])
                ok(await self._clients.teams.post(f"{path}/complete", json={"duties": acts}))
                self.tally.completed += 1
            await self._clients.settle()
            self._look_again(partial(self._team_looks, queue), timedelta(minutes=1))

        self._agenda.plan(self._clock.now() + duration(self._random, MEAN_CASE_WORK), finish)

    async def _acts_on(self, contact_id: str) -> list[dict[str, Any]]:
        """What the caseworker did about each duty of the contact that still runs."""
        listed = ok(await self._clients.teams.get("/v1/duties", params={"contact_id": contact_id}))
        given = {"acute_help_needed": False, "reason": "Vurderet sammen med familien", "how": "Brev"}
        acts = []
        for duty in listed["items"]:
            act = next((one for one in duty["acts"] if one["ends"] == "done"), None)
            if act is not None and duty["carried_by"] == contact_id:
                needed = {name: given[name] for name in act["requires"]}
                if act["how"]:
                    needed["how"] = act["how"][0]
                acts.append({"id": duty["id"], "act": act["act"], **needed})
        return acts

    def _look_again(self, look: Callable[[], Awaitable[None]], pause: timedelta) -> None:
        self._agenda.plan(opening(self._clock.now() + pause), look)
