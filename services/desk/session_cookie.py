"""The session in a sealed cookie, so that the desk itself stores nothing.

The cookie contains the token that the services are called with, and is not sent along from other sites
(SameSite=Strict). It is made again at each sign-in, so that a cookie known from before is worth nothing
afterwards. Source: OWASP Session Management Cheat Sheet.
"""

from datetime import datetime, timedelta

from starlette.responses import Response

from services.desk.sealed_cookie import SealedCookie
from services.desk.session import Session
from shared.sealing import Keyring

COOKIE = "desk_session"
#: What browsers store of a cookie, name and value together (RFC 6265bis § 5.6).
_MOST_BYTES = 4096
#: The cookie is written again no more often than this, to note when its owner was last active.
_NOTED_EVERY = timedelta(seconds=30)


class Sessions(SealedCookie[Session]):
    """The cookie with the session; it lasts until the browser is closed."""

    def __init__(self, ring: Keyring, *, secure: bool) -> None:
        super().__init__(ring, Session, COOKIE, "desk-session", secure=secure, same_site="strict")

    def fits(self, session: Session) -> bool:
        """Whether a browser will store it: a larger cookie is dropped without an error."""
        return len(self.cookie) + len(self.sealed(session)) <= _MOST_BYTES

    def note_seen(self, response: Response, session: Session, now: datetime) -> None:
        """Record that the owner was active just now."""
        if now - session.seen_at >= _NOTED_EVERY:
            self.write(response, session.model_copy(update={"seen_at": now}))
