"""A contact with everything that the services know around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.intake_models import Contact
from services.desk.routing_models import EntryWithTrail
from services.desk.sections import Section
from services.desk.trace.schemas import Access, Call, Referral
from services.desk.triage_models import Assessment


@dataclass(frozen=True)
class History:
    """The contact and its history. A part that the role may not see, or a service did not give, says so."""

    contact: Contact
    calls: Section[Sequence[Call]]
    #: The newest first.
    assessments: Section[Sequence[Assessment]]
    referrals: Section[Sequence[Referral]]
    entries: Section[Sequence[EntryWithTrail]]
    accesses: Section[Sequence[Access]]
    #: Names of queues by code.
    queues: dict[str, str]
