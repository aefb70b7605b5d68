"""How the reception works on a contact: records facts, asks triage's questions, and decides."""

import random
from datetime import datetime
from typing import Any

from city_week.citizens import Citizen
from city_week.clients import Clients, ok
from city_week.tally import Tally

#: How often a receptionist knows better than the recommendation.
OVERRIDE_SHARE = 0.04
MOST_ROUNDS = 5
_CLOSING = {"low_threshold": "advised", "self_referral": "advised", "other_authority": "forwarded"}
_OTHER_UNIT = {"youth": "adults", "adults": "youth", "hky": "disability-children"}


class Reception:
    """The staff at phone, desk and mail, as one client of the services."""

    def __init__(self, clients: Clients, random_: random.Random, tally: Tally) -> None:
        self._clients = clients
        self._random = random_
        self._tally = tally

    async def register(self, contact_id: str, citizen: Citizen, channel: str) -> None:
        """From the first facts to a decision, and to the contact's end where no unit takes over."""
        assessment = await self._assess(contact_id, citizen)
        recommendation = assessment["recommendation"]
        destination = recommendation["destination"]
        decision: dict[str, Any] = {"accept": True}
        if destination["unit"] in _OTHER_UNIT and self._random.random() < OVERRIDE_SHARE:
            destination = {"kind": "unit", "unit": _OTHER_UNIT[destination["unit"]]}
            decision = {"override": destination, "reason": "Borgeren har en aftale der i forvejen"}
            self._tally.overrides += 1
        ok(await self._clients.triage.post(f"/v1/assessments/{assessment['id']}/decision", json=decision))
        self._tally.destinations[channel, _name(destination)] += 1
        self._tally.companions += len(recommendation["companions"])
        await self._clients.settle()
        if destination["kind"] != "unit" or destination["unit"] == "reception":
            await self.close(contact_id, _CLOSING.get(destination["kind"], "advised"))

    async def _assess(self, contact_id: str, citizen: Citizen) -> dict[str, Any]:
        facts = dict(citizen.stated)
        for _ in range(MOST_ROUNDS):
            assessment = await self._record_facts(contact_id, facts)
            questions = [q["fact"] for q in assessment["recommendation"]["questions"]]
            if not questions:
                break
            self._tally.questions.update(questions)
            _answer(facts, citizen.truth, questions)
        return assessment

    async def _record_facts(self, contact_id: str, facts: dict[str, Any]) -> dict[str, Any]:
        _, etag = await self._clients.contact(contact_id)
        ok(
            await self._clients.intake.put(
                f"/v1/contacts/{contact_id}/facts", json=facts, headers={"If-Match": etag}
            )
        )
        return await self._clients.assessment(contact_id)

    async def close(self, contact_id: str, outcome: str) -> None:
        ok(await self._clients.intake.post(f"/v1/contacts/{contact_id}/close", json={"outcome": outcome}))
        self._tally.closed += 1
        await self._clients.settle()

    async def write_down(self, channel: str, citizen: Citizen, at: datetime) -> str:
        """Make a contact of a letter or a walk-in; gives its id."""
        who: dict[str, Any] = {"anonymous": bool(citizen.stated.get("anonymous"))}
        if citizen.cpr is not None:
            who |= {"cpr": citizen.cpr, "name": citizen.name}
        person = {"relation": citizen.relation, "phone": citizen.phone}
        if citizen.stated.get("anonymous"):
            person.pop("phone")
        body = {"channel": channel, "received_at": at.isoformat(), "citizen": who, "contact_person": person}
        made = ok(await self._clients.intake.post("/v1/contacts", json=body))
        await self._clients.settle()
        return str(made["id"])

    async def follow_up(self, entry: dict[str, Any]) -> None:
        """The reception's own queue: a returned contact gets a new decision, the rest an end."""
        assessment = await self._clients.assessment(entry["contact_id"])
        if assessment["status"] != "undecided":
            await self.close(entry["contact_id"], "advised")
            return
        unit = self._random.choice(("adults", "youth"))
        decision = {"override": {"kind": "unit", "unit": unit}, "reason": "Sendt retur: forkert enhed"}
        ok(await self._clients.triage.post(f"/v1/assessments/{assessment['id']}/decision", json=decision))
        self._tally.overrides += 1
        await self._clients.settle()


def _answer(facts: dict[str, Any], truth: dict[str, Any], questions: list[str]) -> None:
    for fact in questions:
        if truth.get(fact) is not None:
            facts[fact] = truth[fact]
        else:
            facts["cannot_be_known"] = [*facts.get("cannot_be_known", []), fact]


def _name(destination: dict[str, Any]) -> str:
    return str(destination["unit"] if destination["kind"] == "unit" else destination["kind"])
