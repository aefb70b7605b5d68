"""Who somebody is: as a token of the city's identity provider says (identity_provider.py).

In development mode whoever they choose to be, under a banner that says so; any other mode refuses that.
"""

from datetime import datetime, timedelta

from services.desk.session import LONGEST, Session, begin
from shared.access import EVERY_UNIT, Principal, Tokens
from shared.vocabulary import Role, Unit

#: Roles of people; services and exchanges have no desk.
PEOPLE = (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR)
MOST_NAME = 60


def sign_in_as(tokens: Tokens, role: Role, units: list[str], name: str, now: datetime) -> Session:
    """A session with a development token. Raises ValueError for a role or unit that nobody can have."""
    if role not in PEOPLE:
        raise ValueError("not a role of people")
    belongs = tuple(Unit(unit).value for unit in units) if role is Role.CASEWORKER else ()
    if role is Role.CASEWORKER and not belongs:
        raise ValueError("a caseworker belongs to a unit")
    name = " ".join(name.split())[:MOST_NAME]
    subject = f"dev-{role}-{name.casefold().replace(' ', '-') or 'anonymous'}"
    token = tokens.for_development([role], belongs, subject, int(LONGEST.total_seconds()))
    return begin(token=token, subject=subject, name=name, role=role, units=belongs, now=now)


def roles_of(principal: Principal) -> tuple[Role, ...]:
    """The roles that somebody can work in at the desk; a caseworker belongs to a unit."""
    return tuple(
        role for role in PEOPLE if principal.has(role) and (role is not Role.CASEWORKER or principal.units)
    )


def sign_in_with(
    token: str, principal: Principal, role: Role, name: str, *, now: datetime, lasts: timedelta
) -> Session:
    """A session with the provider's token, in one of the roles that it grants."""
    belongs = principal.units if role is Role.CASEWORKER and EVERY_UNIT not in principal.units else ()
    return begin(
        token=token,
        subject=principal.subject,
        name=" ".join(name.split())[:MOST_NAME],
        role=role,
        units=tuple(sorted(belongs)),
        now=now,
        lasts=lasts,
    )
