"""Which roles may do what with contacts and the people in them."""

from typing import Annotated

from shared.access import Principal, allow
from shared.vocabulary import Role

Staff = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE)]


Reader = Annotated[
    Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE, Role.OPERATIONS, Role.AUDITOR)
]


#: Who works with the person. Operations and auditors see that there is a contact, not whose it is.
WITH_THE_PERSON = (Role.RECEPTION, Role.CASEWORKER, Role.SERVICE)


def may_see_the_person(who: Principal) -> bool:
    """Whether the reader's role has a task with the person."""
    return who.has(*WITH_THE_PERSON)
