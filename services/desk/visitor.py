"""Who may open a page, and what a page may be sent: the session, its role, its lock, and its CSRF secret."""

import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from services.desk.problems import Locked, NotFromHere, SignedOut
from services.desk.session import Session, Sessions
from shared.access import Allow
from shared.problems import Forbidden
from shared.vocabulary import Role

_SAFE = {"GET", "HEAD", "OPTIONS"}
#: htmx sends the secret as a header, plain forms as a field.
CSRF_HEADER, CSRF_FIELD = "x-csrf", "csrf"


class Form:
    """What a form sent: each field's texts, stripped, in their order."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def text(self, name: str) -> str | None:
        """The field's first text; None when it is missing or empty."""
        return next((value.strip() for key, value in self._pairs if key == name and value.strip()), None)

    def written(self, name: str) -> str:
        """A long text as it was written, its blanks kept; a browser's line ends become plain ones."""
        found = next((value for key, value in self._pairs if key == name), "")
        return found.replace("\r\n", "\n")

    def all(self, name: str) -> list[str]:
        """Every text of a field that can be given several times."""
        return [value.strip() for key, value in self._pairs if key == name and value.strip()]

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return any(key == name for key, _ in self._pairs)

    def pairs(self) -> list[tuple[str, str]]:
        """Everything but the secret, as it was sent."""
        return [(key, value) for key, value in self._pairs if key != CSRF_FIELD]

    def as_dict(self) -> dict[str, list[str]]:
        """All fields, for a form that is shown again as it was filled in."""
        return {key: self.all(key) for key, _ in self._pairs if key != CSRF_FIELD}


async def form_of(request: Request) -> Form:
    """The body as a form (application/x-www-form-urlencoded); bytes that are no text are replaced."""
    body = (await request.body()).decode("utf-8", errors="replace")
    return Form(parse_qsl(body, keep_blank_values=True, max_num_fields=500))


class Visitor(Allow):
    """Lets in who has signed in with one of the roles; on anything but a look, also asks for the secret."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        super().__init__(roles)

    async def __call__(self, request: Request) -> Session:  # type: ignore[override]  # a cookie, not a token
        sessions: Sessions = request.app.state.sessions
        session, now = sessions.read(request), request.app.state.clock.now()
        if session is None or session.is_over(now):
            raise SignedOut
        if request.method not in _SAFE:
            await _demand_from_here(request, session)
        if session.is_idle(now, timedelta(seconds=request.app.state.settings.desk_idle_seconds)):
            raise Locked
        if session.role not in self.roles:
            raise Forbidden
        request.state.session = session
        return session


async def _demand_from_here(request: Request, session: Session) -> None:
    """Only our own pages know the secret. Raises NotFromHere."""
    given = request.headers.get(CSRF_HEADER) or (await form_of(request)).text(CSRF_FIELD) or ""
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise NotFromHere


def visitor(*roles: Role) -> Any:
    """`Depends` on somebody who has signed in with one of `roles`; gives the endpoint the `Session`."""
    return Depends(Visitor(roles))
