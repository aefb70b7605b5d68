"""The session of a person with a token of the identity provider, in one of the roles that it grants."""

from datetime import datetime, timedelta

from services.desk.session import PEOPLE, Session, begin
from shared.access import EVERY_UNIT, Principal
from shared.vocabulary import Role


def roles_of(principal: Principal) -> tuple[Role, ...]:
    """The roles that the person can work in at the desk; a caseworker belongs to a unit."""
    return tuple(
        role for role in PEOPLE if principal.has(role) and (role is not Role.CASEWORKER or principal.units)
    )


def sign_in_with(
    token: str, principal: Principal, role: Role, name: str, *, now: datetime, lasts: timedelta
) -> Session:
    """A session with the provider's token. `lasts` is how long the token is valid."""
    belongs = principal.units if role is Role.CASEWORKER and EVERY_UNIT not in principal.units else ()
    units = tuple(sorted(belongs))
    return begin(
        token=token, subject=principal.subject, name=name, role=role, units=units, now=now, lasts=lasts
    )
