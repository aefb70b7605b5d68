"""What tests of duties need from the service: its duties as they are answered, and people who act on them."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.contracts import Event
from shared.vocabulary import Role
from tests.bench import Bench

Duty = dict[str, Any]


class Duties:
    """Asks and acts over HTTP, in the name of people with these roles."""

    def __init__(self, routing: Bench) -> None:
        self.routing = routing
        self.otto = routing.client(Role.OPERATIONS, subject="otto")
        self.alma = routing.client(Role.RECEPTION, subject="alma")
        self.dorte = routing.client(Role.CASEWORKER, units=["children-amager"], subject="dorte")

    async def deliver(self, *events: Event) -> None:
        """Hand the events over, and expect that each is accepted."""
        receipts = await self.routing.deliver(*events)
        assert [(one.status, one.reason) for one in receipts.results] == [("accepted", None)] * len(events)

    async def of(self, contact_id: UUID | None = None, **query: str) -> list[Duty]:
        """The duties of a contact, in the order in which they are due."""
        params = query if contact_id is None else {"contact_id": str(contact_id), **query}
        answer = await self.otto.get("/v1/duties", params=params)
        assert answer.status_code == 200, answer.text
        items: list[Duty] = answer.json()["items"]
        return items

    async def the(self, contact_id: UUID, rule: str = "notification_assessment") -> Duty:
        """The one duty of this rule."""
        (duty,) = await self.of(contact_id, rule=rule)
        return duty

    async def states(self, contact_id: UUID) -> dict[str, str]:
        """The state of each of a contact's duties, by rule."""
        return {duty["rule"]: duty["state"] for duty in await self.of(contact_id)}

    async def entry(self, contact_id: UUID) -> dict[str, Any]:
        """The contact's open entry."""
        found = await self.otto.get("/v1/entries", params={"contact_id": str(contact_id)})
        (entry,) = [one for one in found.json()["items"] if one["status"] in {"waiting", "taken"}]
        assert isinstance(entry, dict)
        return entry

    async def act(
        self, duty: Duty, act: str, who: httpx.AsyncClient | None = None, key: str | None = None, **given: Any
    ) -> httpx.Response:
        """Write an act on a duty."""
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"act": act, **given}
        return await (who or self.dorte).post(f"/v1/duties/{duty['id']}/acts", json=body, headers=headers)


@pytest.fixture
def duties(routing: Bench) -> Duties:
    return Duties(routing)


def refused(answer: httpx.Response, status: int, kind: str, *pointers: str) -> bool:
    """Whether the answer is this problem, at these fields."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    found = (
        answer.status_code,
        problem["type"].removeprefix("urn:dsi:problem:"),
        [error["pointer"] for error in problem.get("errors", [])],
    )
    assert found == (status, kind, list(pointers)), problem
    return True
