"""A person's sign-in: who they are, their role, and when it ends."""

import secrets
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.vocabulary import Role

#: Roles of people; services and telephone exchanges have no pages.
PEOPLE = (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR)
#: A sign-in lasts a working day; then one signs in again.
LONGEST = timedelta(hours=10)
MOST_NAME = 60


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
