"""The further contact, a companion, that a decision opens for a child at risk.

Triage gives the companion its id; intake creates the contact and routing queues it when they receive the
decision. A later decision on the parent's contact keeps that id.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.triage.recommendations.schemas import Recommendation
from shared.contracts import TriagedCompanion


def changed_companion(
    recommendation: Recommendation, published: Mapping[str, Any] | None, new_id: UUID
) -> TriagedCompanion | None:
    """The companion to publish; None where there is none, or nothing about the child has changed.

    `published` is the companion as it was last published for this contact, `new_id` is the id of a first one.
    """
    if not recommendation.companions:
        return None
    (suggested,) = recommendation.companions
    companion = TriagedCompanion(
        contact_id=new_id if published is None else UUID(published["contact_id"]),
        concerns=suggested.concerns,
        destination=suggested.recommendation.destination,
        urgency=suggested.recommendation.urgency,
        clocks=list(suggested.recommendation.clocks),
        facts=suggested.facts,
    )
    # To publish it again would move the child's entry in its queue for no reason.
    return None if companion.model_dump(mode="json") == published else companion
