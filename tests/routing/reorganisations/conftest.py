"""Routing with a triage that knows the facts of the contacts, as far as a reorganisation asks."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.bench import Bench


@dataclass
class Triage:
    """A fake of triage's two answers: facts by contact, and rules by unit."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reachable: bool = True
    questions: list[int] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if not self.reachable:
            raise httpx.ConnectError("refused")
        if request.url.path.endswith("/rules"):
            unit = request.url.path.split("/")[-2]
            return httpx.Response(200, json={"items": self.rules.get(unit, [])})
        assert request.url.path == "/v1/contacts/matching"
        body = httpx.Response(200, content=request.content).json()
        self.questions.append(len(body["contact_ids"]))
        return httpx.Response(
            200,
            json={
                "items": [
                    {
                        "contact_id": one,
                        "groups": [n for n, g in enumerate(body["groups"]) if self.fits(one, g)],
                    }
                    for one in body["contact_ids"]
                ]
            },
        )

    def fits(self, contact_id: str, group: dict[str, Any]) -> bool:
        facts = self.facts.get(contact_id, {})
        ages = group["ages"]
        return (
            (not group["districts"] or facts.get("district") in group["districts"])
            and (not group["needs"] or bool(set(facts.get("needs", ())) & set(group["needs"])))
            and (ages is None or ages["from"] <= facts.get("age", -1) <= ages["to"])
        )


@pytest.fixture
def triage(routing: Bench) -> Triage:
    fake = Triage()
    routing.app.state.clients["triage"] = httpx.AsyncClient(
        transport=httpx.MockTransport(fake.answer), base_url="http://triage"
    )
    return fake
