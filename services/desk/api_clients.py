"""The services, called as the person who has signed in: over the same HTTP contract as anyone else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from services.desk.problems import Refused, ServiceUnreachable
from services.desk.session import Session


@dataclass(frozen=True)
class Answer:
    """A good answer: its body, and the ETag to send back with a change."""

    body: Any
    etag: str | None
    status: int


@dataclass(frozen=True)
class Text:
    """What is sent as it was written: `kind` is its media type, e.g. `application/yaml`."""

    content: str
    kind: str


class Services:
    """Calls services in the name of `session`. `patience` is how long a page waits, in seconds."""

    def __init__(
        self, clients: Mapping[str, httpx.AsyncClient], session: Session, *, patience: float = 10.0
    ) -> None:
        self._clients = clients
        self._session = session
        self._patience = patience

    async def get(self, service: str, path: str, **query: Any) -> Any:
        """The body. Raises Refused or ServiceUnreachable."""
        return (await self.ask(service, "GET", path, query=query)).body

    async def post(self, service: str, path: str, body: Any = None, *, once: str | None = None) -> Any:
        """The body of what came of it. `once` is an Idempotency-Key: a double click does it once."""
        return (await self.ask(service, "POST", path, body=body, once=once)).body

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        if_match: str | None = None,
        once: str | None = None,
        purpose: str | None = None,
        reason: str | None = None,
        text: Text | None = None,
        accept: str | None = None,
    ) -> Answer:
        """One call. `reason` is told for the trail (Change-Reason); `text` is sent in place of a body.

        With `accept` the answer's body is text of that kind. Raises Refused with the service's problem, or
        ServiceUnreachable.
        """
        told = {"If-Match": if_match, "Idempotency-Key": once, "X-Purpose": purpose, "Accept": accept}
        told["Authorization"] = f"Bearer {self._session.token}"
        told |= {"Change-Reason": reason and quote(reason), "Content-Type": text.kind if text else None}
        # A purpose is Danish; httpx would take it for ASCII.
        headers = httpx.Headers({name: value for name, value in told.items() if value}, encoding="latin-1")
        known = {name: value for name, value in (query or {}).items() if value is not None}
        sent: dict[str, Any] = {"json": body} if text is None else {"content": text.content.encode()}
        try:
            answer = await self._clients[service].request(
                method, path, params=known, headers=headers, timeout=self._patience, **sent
            )
        except httpx.HTTPError as error:
            raise ServiceUnreachable(service) from error
        if not answer.is_success:
            raise Refused(service, answer.status_code, _document(answer))
        content = answer.text if accept else answer.json() if answer.content else None
        return Answer(content, answer.headers.get("ETag"), answer.status_code)


def _document(answer: httpx.Response) -> dict[str, object]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
