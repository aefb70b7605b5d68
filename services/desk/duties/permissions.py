"""Whose duty it is to end one. Routing decides; the page leaves out the forms of others."""

from services.desk.routing_models import Duty
from services.desk.session import Session
from shared.vocabulary import Role

_EVERY_UNIT = "*"


def may_act(session: Session, duty: Duty) -> bool:
    """Whether the user is of the unit that answers for it."""
    if session.role is Role.RECEPTION:
        return duty.unit == "reception"
    return session.role is Role.CASEWORKER and bool({duty.unit, _EVERY_UNIT} & set(session.units))
