"""Clients of the services, called with the user's token over the same HTTP contract as anyone else."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, Literal, TypeVar, cast
from urllib.parse import quote

import httpx
import structlog
from pydantic import TypeAdapter, ValidationError

from services.desk.problems import Refused, ServiceUnreachable

Service = Literal["intake", "triage", "routing"]
SERVICES: tuple[Service, ...] = ("intake", "triage", "routing")

#: The model that an answer is read into.
Content = TypeVar("Content")

log = structlog.get_logger("desk")


@dataclass(frozen=True)
class Answer(Generic[Content]):
    """An answer, and the ETag to send back with a change."""

    content: Content
    etag: str | None


@dataclass(frozen=True)
class Text:
    """A body that is sent as it is; `kind` is its media type, e.g. `application/yaml`."""

    content: str
    kind: str


@dataclass(frozen=True)
class ApiClients:
    """Calls the services for one user. Raises Refused with the service's problem, or ServiceUnreachable.

    `timeout` is how long a page waits, in seconds. `purpose` is written into intake's access log (X-Purpose).
    """

    clients: Mapping[str, httpx.AsyncClient]
    token: str
    timeout: float = 10.0
    purpose: str | None = None

    def with_timeout(self, seconds: float) -> "ApiClients":
        """The same, for work that takes longer than a page may."""
        return replace(self, timeout=seconds)

    def with_purpose(self, purpose: str) -> "ApiClients":
        """The same, each call with a purpose."""
        return replace(self, purpose=purpose)

    async def get(self, service: Service, path: str, model: type[Content], **query: Any) -> Content:
        """What is at `path`. Query parameters that are None are left out."""
        return (await self.fetch(service, path, model, **query)).content

    async def fetch(self, service: Service, path: str, model: type[Content], **query: Any) -> Answer[Content]:
        """What is at `path`, with its ETag."""
        answer = await self._call(service, "GET", path, query=query)
        return Answer(_read(service, answer, model), answer.headers.get("ETag"))

    async def text(self, service: Service, path: str, kind: str) -> Answer[str]:
        """What is at `path` as text of the media type `kind`, with its ETag."""
        answer = await self._call(service, "GET", path, headers={"Accept": kind})
        return Answer(answer.text, answer.headers.get("ETag"))

    async def post(
        self,
        service: Service,
        path: str,
        model: type[Content],
        body: Any = None,
        *,
        once: str | None = None,
        reason: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Content:
        """The result of a command. `once` is an Idempotency-Key: a double click does it once.

        `reason` is for the trail (Change-Reason).
        """
        headers = {"Idempotency-Key": once, "Change-Reason": quote(reason) if reason else None}
        answer = await self._call(service, "POST", path, body, headers=headers, query=query)
        return _read(service, answer, model)

    async def post_for_any(
        self, service: Service, path: str, model: type[Content], body: Any = None, *, once: str | None = None
    ) -> Content | None:
        """The result of a command; None when there is none (204), as with an empty queue's next entry."""
        answer = await self._call(service, "POST", path, body, headers={"Idempotency-Key": once})
        return _read(service, answer, model) if answer.content else None

    async def put(
        self, service: Service, path: str, model: type[Content], body: Any, *, if_match: str | None
    ) -> Content:
        """What was stored."""
        return _read(
            service, await self._call(service, "PUT", path, body, headers={"If-Match": if_match}), model
        )

    async def send(
        self,
        service: Service,
        method: str,
        path: str,
        body: Any = None,
        *,
        if_match: str | None = None,
        once: str | None = None,
        reason: str | None = None,
    ) -> str | None:
        """A command whose result is not read; gives the new ETag."""
        headers = {
            "If-Match": if_match,
            "Idempotency-Key": once,
            "Change-Reason": quote(reason) if reason else None,
        }
        etag: str | None = (await self._call(service, method, path, body, headers=headers)).headers.get(
            "ETag"
        )
        return etag

    async def _call(
        self,
        service: Service,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str | None] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        named = {"X-Purpose": self.purpose, "Authorization": f"Bearer {self.token}", **(headers or {})}
        sent: dict[str, Any] = {"json": body}
        if isinstance(body, Text):
            named["Content-Type"], sent = body.kind, {"content": body.content.encode()}
        try:
            answer = await self.clients[service].request(
                method,
                path,
                params={name: value for name, value in (query or {}).items() if value is not None},
                # A purpose is Danish; httpx would encode it as ASCII.
                headers=httpx.Headers(
                    {name: value for name, value in named.items() if value}, encoding="latin-1"
                ),
                timeout=self.timeout,
                **sent,
            )
        except httpx.HTTPError as error:
            raise ServiceUnreachable(service) from error
        if not answer.is_success:
            raise Refused(service, answer.status_code, _problem(answer))
        return answer


@cache
def _adapter(model: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", model))


def _read(service: Service, answer: httpx.Response, model: type[Content]) -> Content:
    try:
        content: Content = _adapter(cast("Hashable", model)).validate_json(answer.content)
    except ValidationError as error:
        # Only where it differs, never a value: an answer may name a person.
        places = [".".join(str(part) for part in each["loc"]) for each in error.errors()]
        log.warning("unreadable answer", service=service, places=places[:5])
        raise ServiceUnreachable(service) from error
    return content


def _problem(answer: httpx.Response) -> dict[str, object]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
