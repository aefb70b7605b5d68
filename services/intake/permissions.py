"""Which roles may work with contacts, and which of them with the people in them."""

from typing import Annotated

from shared.access import Principal, allow
from shared.vocabulary import Role

Staff = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE)]
Reader = Annotated[
    Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE, Role.OPERATIONS, Role.AUDITOR)
]


#: The roles that work with the person. Operations and auditors see that there is a contact, not whose it is.
WITH_THE_PERSON = (Role.RECEPTION, Role.CASEWORKER, Role.SERVICE)


def may_see_the_person(who: Principal) -> bool:
    """Whether this role works with the person, and so gets the personal data."""
    return who.has(*WITH_THE_PERSON)
