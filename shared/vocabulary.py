"""The codes that cross borders: needs, units, channels, urgencies, roles.

Needs and units are the city's configuration (`shared/city/`); the others are fixed. Source: domain.md §§ 2, 7
and 9.
"""

from enum import StrEnum

from shared.city.current import Need, Unit

__all__ = [
    "Administration",
    "Channel",
    "DestinationKind",
    "Need",
    "ReasonCode",
    "Role",
    "Unit",
    "Urgency",
]


class Channel(StrEnum):
    """How a citizen reached the city (henvendelseskanal)."""

    PHONE = "phone"
    WRITTEN = "written"
    WALK_IN = "walk_in"


class DestinationKind(StrEnum):
    """What kind of place a contact is sent to (triage-policy.md, The answer)."""

    EMERGENCY = "emergency"
    UNIT = "unit"
    SELF_REFERRAL = "self_referral"
    LOW_THRESHOLD = "low_threshold"
    OTHER_AUTHORITY = "other_authority"
    ASK = "ask"


class Urgency(StrEnum):
    """How soon: now, within 24 hours, within 14 days, in turn."""

    ACUTE = "acute"
    DAY = "day"
    PROMPT = "prompt"
    NORMAL = "normal"


class ReasonCode(StrEnum):
    """Why a recommendation was overridden, or a contact returned: beside the free text, so that it counts."""

    WRONG_NEED = "wrong_need"
    WRONG_AGE = "wrong_age"
    WRONG_PLACE = "wrong_place"
    KNOWN_CASE = "known_case"
    MISSING_FACTS = "missing_facts"
    NOT_OUR_TASK = "not_our_task"
    AGREED = "agreed"
    CITIZENS_WISH = "citizens_wish"
    OTHER = "other"


class Administration(StrEnum):
    """The city's administrations (forvaltninger) that a contact can belong to."""

    SOF = "SOF"
    SUF = "SUF"
    BIF = "BIF"
    BUF = "BUF"
    KFF = "KFF"


class Role(StrEnum):
    """Who may call what (api.md, Conventions)."""

    RECEPTION = "reception"
    CASEWORKER = "caseworker"
    OPERATIONS = "operations"
    RULES_EDITOR = "rules_editor"
    AUDITOR = "auditor"
    SERVICE = "service"
    TELEPHONY = "telephony"
