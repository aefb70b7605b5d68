"""The simulation's access to the system: one HTTP client for each service and role, nothing else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

#: Waits until the services' events to each other are delivered.
Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Clients:
    """Clients for intake, triage and routing, with the tokens of the simulated people."""

    telephony: httpx.AsyncClient
    intake: httpx.AsyncClient
    triage: httpx.AsyncClient
    routing: httpx.AsyncClient
    teams: httpx.AsyncClient
    settle: Settle

    async def contact(self, contact_id: str) -> tuple[dict[str, Any], str]:
        """A contact and its ETag."""
        answer = await self.intake.get(f"/v1/contacts/{contact_id}")
        return ok(answer), answer.headers["etag"]

    async def assessment(self, contact_id: str) -> dict[str, Any]:
        """The newest assessment of a contact, which appears by itself."""
        await self.settle()
        found: list[dict[str, Any]] = ok(
            await self.triage.get("/v1/assessments", params={"contact_id": contact_id})
        )["items"]
        return max(found, key=lambda assessment: assessment["id"])

    async def next_entry(self, client: httpx.AsyncClient, queue: str) -> dict[str, Any] | None:
        """Take the next entry of a queue, if there is one."""
        answer = await client.post(f"/v1/queues/{queue}/next")
        return None if answer.status_code == httpx.codes.NO_CONTENT else ok(answer)

    async def everything(self, client: httpx.AsyncClient, path: str, **params: str) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            more = {} if cursor is None else {"cursor": cursor}
            page = ok(await client.get(path, params={**params, "limit": "200", **more}))
            items += page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return items


def ok(answer: httpx.Response) -> Any:
    """The body of a successful response. Raises RuntimeError with the response's text for any other."""
    if answer.is_error:
        message = (
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:400]}"
        )
        raise RuntimeError(message)
    return answer.json()
