"""Signing in without an identity provider, in development mode only, under a banner that says so."""

from datetime import datetime

from services.desk.session import LONGEST, MOST_NAME, PEOPLE, Session, begin
from shared.access import Tokens
from shared.vocabulary import Role


def sign_in_as(tokens: Tokens, role: Role, units: list[str], name: str, now: datetime) -> Session:
    """A session with a development token. Raises ValueError for a role that no person can have."""
    if role not in PEOPLE:
        raise ValueError("not a role of people")
    belongs = tuple(units) if role is Role.CASEWORKER else ()
    if role is Role.CASEWORKER and not belongs:
        raise ValueError("a caseworker belongs to a unit")
    subject = f"dev-{role}-{'-'.join(' '.join(name.split())[:MOST_NAME].casefold().split()) or 'anonymous'}"
    token = tokens.for_development([role], belongs, subject, int(LONGEST.total_seconds()))
    return begin(token=token, subject=subject, name=name, role=role, units=belongs, now=now)
