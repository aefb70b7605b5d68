"""Who may call triage: the groups of roles that several features share."""

from typing import Annotated

from shared.access import Principal, allow
from shared.vocabulary import Role

#: All staff, and the other services; not the telephony role, which only delivers calls.
ANY_ROLE = [
    allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR, Role.SERVICE)
]
#: Those who oversee the rules: they see who did what, and what a draft would change.
OVERSEERS = [allow(Role.RULES_EDITOR, Role.OPERATIONS, Role.AUDITOR)]
#: The person who changes rules, as a parameter of an endpoint.
Editor = Annotated[Principal, allow(Role.RULES_EDITOR)]
