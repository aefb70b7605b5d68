"""Routing with duties and triage with what is owed, as the HTTP contract has them, around the real services."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from services.hosting.all_in_one import AllInOne
from shared.clock import Clock
from shared.ids import new_id
from shared.in_process import InProcess

REASON, HOW, ACUTE, OTHER = "reason", "how", "acute_help_needed", "duplicate_of"


def act(code: str, name: str, *requires: str, ends: str = "done") -> dict[str, Any]:
    how = ["digital_post", "letter"] if HOW in requires else []
    return {"act": code, "name": name, "ends": ends, "requires": list(requires), "how": how}


_OTHERWISE = (
    act("not_a_notification", "Det er ikke en underretning", REASON, ends="otherwise"),
    act("duplicate", "Den er registreret før", OTHER, ends="otherwise"),
)
#: Each rule's name, law and acts.
RULES: dict[str, tuple[str, str, tuple[dict[str, Any], ...]]] = {
    "notification_assessment": (
        "24-timers vurdering af underretning",
        "barnets lov § 136",
        (act("assessed", "Vurderingen er skrevet ned", ACUTE, REASON), *_OTHERWISE),
    ),
    "notification_receipt": (
        "Kvittering for underretning",
        "barnets lov § 136",
        (
            act("receipt_sent", "Kvitteringen er sendt", HOW),
            act("no_receipt_owed", "Der skal ikke sendes kvittering", REASON, ends="otherwise"),
            *_OTHERWISE,
        ),
    ),
    "application_adults": (
        "Ansøgning, voksne",
        "retssikkerhedsloven § 3",
        (
            act("decided", "Der er truffet afgørelse"),
            act("withdrawn", "Trukket tilbage", REASON, ends="otherwise"),
        ),
    ),
    "unread_mail": ("Ulæst brev", "byens eget mål", (act("read", "Læst"),)),
}


class RoutingWithDuties(httpx.AsyncBaseTransport):
    """Answers for duties as routing will, and passes everything else on to it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self.duties: list[dict[str, Any]] = []
        #: What was sent, in order: the duty's id and the act.
        self.acts: list[tuple[str, dict[str, Any]]] = []
        #: Of entries that were completed, what was sent.
        self.completed: list[dict[str, Any]] = []
        #: `(status, pointer)` with which each act is refused.
        self.refuses: tuple[int, str] | None = None
        #: Answers as before there were duties, or as a service with a fault.
        self.is_missing = self.fails = False

    def owes(
        self, rule: str, contact_id: str, *, hours: float = 3, unit: str = "housing-social", **more: Any
    ) -> dict[str, Any]:
        """A duty that is due in so many hours; it is overdue when that is less than nothing."""
        now = self._clock.now()
        name, law, acts = RULES[rule]
        duty = {
            "id": str(new_id()),
            "contact_id": contact_id,
            "reference": "7F3K-9QTX",
            "rule": rule,
            "name": name,
            "legal_basis": law,
            "unit": unit,
            "starts_at": (now - timedelta(hours=24)).isoformat(),
            "due_at": (now + timedelta(hours=hours)).isoformat(),
            "state": "running" if hours >= 0 else "overdue",
            "remaining_seconds": max(hours, 0) * 3600,
            "overdue_seconds": max(-hours, 0) * 3600,
            "paused_when_closed": rule in {"notification_receipt", "unread_mail"},
            "acts": list(acts),
            **more,
        }
        self.duties.append(duty)
        return duty

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if self.fails and path.startswith("/v1/duties"):
            return _problem(500, "")
        if self.is_missing and path.startswith("/v1/duties"):
            return _problem(404, "")
        if path == "/v1/duties":
            return httpx.Response(200, json=self._list(request.url.params))
        if match := re.fullmatch(r"/v1/duties/([^/]+)/acts", path):
            return self._act(match[1], json.loads(await request.aread()), request, "")
        if path == "/v1/statistics" and request.url.params.get("group_by") == "rule":
            answer = await self._inner.handle_async_request(request)
            return httpx.Response(200, json=self._with_endings(json.loads(await answer.aread())))
        if path.endswith("/complete") and (body := json.loads(await request.aread() or b"{}")):
            return await self._complete(request, body)
        return await self._inner.handle_async_request(request)

    def _list(self, query: httpx.QueryParams) -> dict[str, Any]:
        wanted = {name: query[name] for name in ("contact_id", "unit", "rule", "state") if name in query}
        found = [one for one in self.duties if all(one[name] == text for name, text in wanted.items())]
        begin, limit = int(query.get("cursor", 0)), int(query["limit"])
        more = begin + limit < len(found)
        return {"items": found[begin : begin + limit], "next_cursor": str(begin + limit) if more else None}

    def _with_endings(self, statistics: dict[str, Any]) -> dict[str, Any]:
        """The statistics by rule with the duties of this routing that have ended."""
        rules = sorted({one["rule"] for one in self.duties})
        statistics["groups"] = [
            {**statistics["total"], "rule": rule, "deadlines": self._deadlines(rule)} for rule in rules
        ]
        return statistics

    def _deadlines(self, rule: str) -> dict[str, Any]:
        own = [one for one in self.duties if one["rule"] == rule]
        states = Counter(one["state"] for one in own)
        otherwise = Counter(one["act"] for one in own if one["state"] == "ended_otherwise")
        return {"met": states["met"], "met_late": states["met_late"], "ended_otherwise": otherwise}

    async def _complete(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        named = body.pop("duties", [])
        for place, one in enumerate(named):
            sent = {name: value for name, value in one.items() if name != "id"}
            answer = self._act(one["id"], sent, request, f"/duties/{place}")
            if answer.is_error:
                return answer
        self.completed.append({**body, "duties": named})
        passed = httpx.Request(
            "POST", request.url, headers={"Authorization": request.headers["Authorization"]}, json=body
        )
        return await self._inner.handle_async_request(passed)

    def _act(self, duty_id: str, body: dict[str, Any], request: httpx.Request, within: str) -> httpx.Response:
        self.acts.append((duty_id, body))
        if self.refuses:
            status, pointer = self.refuses
            return _problem(status, within + pointer)
        duty = next(one for one in self.duties if one["id"] == duty_id)
        done = next(one for one in duty["acts"] if one["act"] == body["act"])["ends"] == "done"
        late = duty["state"] == "overdue"
        duty |= {
            "state": ("met_late" if late else "met") if done else "ended_otherwise",
            "act": body["act"],
            "reason": body.get("reason"),
            "ended_at": self._clock.now().isoformat(),
            "ended_by": "dev-caseworker-bo",
        }
        return httpx.Response(200, json=duty)


def _problem(status: int, pointer: str, kind: str = "invalid-input") -> httpx.Response:
    errors = [{"pointer": pointer, "message": "is not accepted"}] if pointer else None
    return httpx.Response(
        status,
        json={"type": f"urn:dsi:problem:{kind}", "title": "No", "status": status, "errors": errors},
    )


def with_duties(system: AllInOne) -> RoutingWithDuties:
    """From now on the desk asks a routing that has duties."""
    desk = system.apps["desk"].state.desk
    routing = RoutingWithDuties(InProcess(system.apps["routing"]), desk.clock)
    client = httpx.AsyncClient(transport=routing, base_url="http://routing")
    desk.services = {**desk.services, "routing": client}
    return routing


class _AdvisedOtherwise(httpx.AsyncBaseTransport):
    """Triage's recommendation without the children, changed afterwards."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, change: Callable[[dict[str, Any], dict[str, Any]], None]
    ) -> None:
        self._inner = inner
        self._change = change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/recommendations":
            return await self._inner.handle_async_request(request)
        body = json.loads(await request.aread())
        facts = body["facts"]
        alone = {name: value for name, value in facts.items() if name != "children"}
        passed = httpx.Request(
            "POST",
            request.url,
            headers={"Authorization": request.headers["Authorization"]},
            json={**body, "facts": alone},
        )
        answer = await self._inner.handle_async_request(passed)
        if answer.status_code != 200:
            return answer
        recommendation = json.loads(await answer.aread())
        self._change(facts, recommendation)
        return httpx.Response(200, json=recommendation)


def advises(system: AllInOne, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """From now on the desk gets triage's recommendations as `change(facts, recommendation)` leaves them."""
    desk = system.apps["desk"].state.desk
    transport = _AdvisedOtherwise(InProcess(system.apps["triage"]), change)
    client = httpx.AsyncClient(transport=transport, base_url="http://triage")
    desk.services = {**desk.services, "triage": client}


class _Contradicted(httpx.AsyncBaseTransport):
    """Triage that finds a child of 18 or more among the children at risk."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/recommendations" or request.url.path.endswith("/decision"):
            for place, child in enumerate(json.loads(await request.aread())["facts"].get("children") or ()):
                if (child.get("age") or 0) >= 18:
                    return _problem(422, f"/facts/children/{place}/age", "contradictory-facts")
        return await self._inner.handle_async_request(request)


def refuses_grown_children(system: AllInOne) -> None:
    """From now on the desk asks a triage that refuses them, as it refuses a `child_age`."""
    desk = system.apps["desk"].state.desk
    client = httpx.AsyncClient(
        transport=_Contradicted(InProcess(system.apps["triage"])), base_url="http://triage"
    )
    desk.services = {**desk.services, "triage": client}
