"""A person's sign-in, stored in a sealed cookie, so that the desk itself stores nothing.

The cookie contains the token that the services are called with, and is not sent along from other sites
(SameSite=Strict). It is made again at each sign-in, so that a cookie known from before is worth nothing
afterwards. Source: OWASP Session Management Cheat Sheet.
"""

import secrets
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from starlette.responses import Response

from services.desk.sealed_cookie import SealedCookie
from shared.sealing import Keyring
from shared.vocabulary import Role

COOKIE = "desk_session"
#: Roles of people; services and telephone exchanges have no pages.
PEOPLE = (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR)
#: A sign-in lasts a working day; then one signs in again.
LONGEST = timedelta(hours=10)
MOST_NAME = 60
#: What browsers store of a cookie, name and value together (RFC 6265bis § 5.6).
_MOST_BYTES = 4096
#: The cookie is written again no more often than this, to note when its owner was last active.
_NOTED_EVERY = timedelta(seconds=30)


class Session(BaseModel):
    """One person's sign-in. `csrf` must come back with each request that changes something."""

    model_config = ConfigDict(frozen=True)

    token: str
    subject: str
    name: str
    role: Role
    units: tuple[str, ...] = ()
    csrf: str
    begun_at: AwareDatetime
    #: When the working day is over, or the token that the services accept.
    ends_at: AwareDatetime
    seen_at: AwareDatetime

    def is_over(self, now: datetime) -> bool:
        """Whether it is time to sign in again, whatever its owner does."""
        return now >= self.ends_at

    def is_idle(self, now: datetime, idle: timedelta) -> bool:
        """Whether its owner has not used a page for so long that it locks."""
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
    """A new sign-in, with a secret of its own. `lasts` is how long its token is valid."""
    return Session(
        token=token,
        subject=subject,
        name=" ".join(name.split())[:MOST_NAME],
        role=role,
        units=units,
        csrf=secrets.token_urlsafe(24),
        begun_at=now,
        ends_at=now + min(lasts, LONGEST),
        seen_at=now,
    )


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
