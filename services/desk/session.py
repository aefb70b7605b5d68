"""Who sits at the desk: a session that lives in a sealed cookie, so that the desk itself keeps nothing.

The cookie holds the token that the services are called with. It is sealed (AES-256-GCM), cannot be read by
scripts (HttpOnly) and is not sent along from other sites (SameSite). It is made anew at each sign-in, so that
a cookie known from before is worth nothing afterwards. Source: OWASP Session Management Cheat Sheet.
"""

import secrets
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared.sealing import Keyring, SealBrokenError
from shared.vocabulary import Role

COOKIE = "desk_session"
_CONTEXT = "desk-session"
#: A sign-in holds for a working day; then one signs in anew.
LONGEST = timedelta(hours=10)
#: What browsers keep of a cookie, name and value together (RFC 6265bis § 5.6).
_MOST_BYTES = 4096
#: The cookie is written anew no more often than this, to tell when its owner was last seen.
_NOTED_EVERY = timedelta(seconds=30)


class Session(BaseModel):
    """One person's sign-in. `csrf` must come back with whatever changes something."""

    model_config = ConfigDict(frozen=True)

    token: str
    subject: str
    name: str
    role: Role
    units: tuple[str, ...] = ()
    csrf: str
    begun_at: AwareDatetime
    #: When the working day is over, or the token that the services take.
    ends_at: AwareDatetime
    seen_at: AwareDatetime

    def is_over(self, now: datetime) -> bool:
        """Whether it is time to sign in anew, whatever its owner does."""
        return now >= self.ends_at

    def is_idle(self, now: datetime, idle: timedelta) -> bool:
        """Whether nobody has touched the page for so long that it locks."""
        return now - self.seen_at >= idle


def begin(
    *,
    token: str,
    subject: str,
    name: str,
    role: Role,
    units: tuple[str, ...],
    now: datetime,
    lasts: timedelta = LONGEST,
) -> Session:
    """A new sign-in, with a secret of its own. `lasts` is how long its token holds."""
    return Session(
        token=token,
        subject=subject,
        name=name,
        role=role,
        units=units,
        csrf=secrets.token_urlsafe(24),
        begun_at=now,
        ends_at=now + min(lasts, LONGEST),
        seen_at=now,
    )


class Sessions:
    """Reads and writes the cookie. `secure`: sent over TLS only, and no neighbouring host can set it."""

    def __init__(self, ring: Keyring, *, secure: bool) -> None:
        self._ring = ring
        self._secure = secure
        self.cookie = f"__Host-{COOKIE}" if secure else COOKIE

    def read(self, request: Request) -> Session | None:
        """The session in the request's cookie; None when there is none that holds."""
        sealed = request.cookies.get(self.cookie)
        if sealed is None:
            return None
        try:
            return Session.model_validate_json(self._ring.open(sealed, _CONTEXT))
        except (SealBrokenError, ValidationError):
            return None

    def write(self, response: Response, session: Session) -> None:
        """Hand the session to the browser, until the browser is closed."""
        response.set_cookie(
            self.cookie,
            self._sealed(session),
            httponly=True,
            samesite="strict",
            secure=self._secure,
            path="/",
        )

    def fits(self, session: Session) -> bool:
        """Whether a browser will keep it: a larger cookie is dropped without a word."""
        return len(self.cookie) + len(self._sealed(session)) <= _MOST_BYTES

    def _sealed(self, session: Session) -> str:
        return self._ring.seal(session.model_dump_json(), _CONTEXT)

    def note_seen(self, response: Response, session: Session, now: datetime) -> None:
        """Remember that the owner was there just now."""
        if now - session.seen_at >= _NOTED_EVERY:
            self.write(response, session.model_copy(update={"seen_at": now}))

    def end(self, response: Response) -> None:
        """Take the session away."""
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="strict", secure=self._secure)
