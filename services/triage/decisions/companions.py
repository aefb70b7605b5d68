"""The further contacts, companions, that a decision opens for children at risk.

A companion has its id since the contact was first assessed with that child; intake creates the contact and
routing queues it when they receive the decision. A later decision on the parent's contact keeps that id.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.triage.assessments.assessed_event import Companions, contact_id_of
from services.triage.recommendations.schemas import Recommendation
from shared.contracts import TriagedCompanion


@dataclass(frozen=True)
class ChangedCompanion:
    """A companion to publish: of which child, and the recommendation for it."""

    child: int
    companion: TriagedCompanion
    recommendation: Recommendation


def changed_companions(
    recommendation: Recommendation, companions: Mapping[str, dict[str, Any]]
) -> Iterator[ChangedCompanion]:
    """The companions to publish: those that are new, or about whose child something has changed."""
    for suggested in recommendation.companions:
        companion = TriagedCompanion(
            contact_id=contact_id_of(companions, suggested.child),
            concerns=suggested.concerns,
            destination=suggested.recommendation.destination,
            urgency=suggested.recommendation.urgency,
            clocks=list(suggested.recommendation.clocks),
            facts=suggested.facts,
        )
        # To publish it again would move the child's entry in its queue for no reason.
        if companion.model_dump(mode="json") != companions[str(suggested.child)]["published"]:
            yield ChangedCompanion(suggested.child, companion, suggested.recommendation)


def with_published(companions: Companions, opened: Iterable[ChangedCompanion]) -> Companions:
    """The companions, with what is published about those that were opened or changed."""
    published = {
        str(one.child): {**companions[str(one.child)], "published": one.companion.model_dump(mode="json")}
        for one in opened
    }
    return companions | published


def published_contacts(companions: Companions) -> list[UUID]:
    """The contacts that decisions have opened, in the order of the children."""
    return [
        UUID(companions[child]["contact_id"])
        for child in sorted(companions, key=int)
        if companions[child]["published"] is not None
    ]
