"""What is published when a contact was assessed: what is owed, before anybody decides."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.triage.assessments.contact_facts import ContactFacts
from services.triage.recommendations.schemas import Recommendation
from shared.contracts import AssessedCompanion, ContactAssessed
from shared.ids import reference_of

#: The contacts of a contact's children at risk, by which child it is: `contact_id`, and what was `published`.
Companions = dict[str, dict[str, Any]]


def with_contact_ids(
    recommendation: Recommendation, known: Mapping[str, dict[str, Any]], new_id: Callable[[], UUID]
) -> Companions:
    """The companions with an id for each that is recommended; a child who has one keeps it."""
    companions = dict(known)
    for suggested in recommendation.companions:
        companions.setdefault(str(suggested.child), {"contact_id": str(new_id()), "published": None})
    return companions


def contact_id_of(companions: Mapping[str, dict[str, Any]], child: int) -> UUID:
    """The id of this child's contact."""
    return UUID(companions[str(child)]["contact_id"])


def assessed_event(
    contact: ContactFacts,
    recommendation: Recommendation,
    *,
    event_id: UUID,
    occurred_at: datetime,
    number: int,
    companions: Mapping[str, dict[str, Any]],
) -> ContactAssessed:
    """The event for the contact's assessment with this number."""
    return ContactAssessed(
        id=event_id,
        occurred_at=occurred_at,
        contact_id=contact.contact_id,
        number=number,
        reference=reference_of(contact.contact_id),
        channel=contact.channel,
        received_at=contact.received_at,
        ruleset=recommendation.ruleset,
        destination=recommendation.destination,
        urgency=recommendation.urgency,
        clocks=list(recommendation.clocks),
        warnings=list(recommendation.warnings),
        companions=[
            AssessedCompanion(
                contact_id=contact_id_of(companions, suggested.child),
                concerns=suggested.concerns,
                destination=suggested.recommendation.destination,
                urgency=suggested.recommendation.urgency,
                clocks=list(suggested.recommendation.clocks),
                warnings=list(suggested.recommendation.warnings),
            )
            for suggested in recommendation.companions
        ],
        citizen_key=contact.citizen_key,
    )
