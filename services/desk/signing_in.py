"""Who somebody is, in development mode: whoever they choose to be, under a banner that says so.

In any other mode people sign in at the city's identity provider (identity_provider.py), and this refuses.
"""

from datetime import datetime

from services.desk.session import LONGEST, Session, begin
from shared.access import Tokens
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
