"""The further contact that a decision opens for a child at risk.

Triage gives it its id; intake makes the contact and routing queues it when they hear of the decision. A
later decision keeps the id. It tells of the child again only when something about the child has changed,
so that nobody who works on it loses their place, and never once the child's contact has a course of its
own: new facts, a decision made on it, or its end.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.triage.assessments import repository
from services.triage.assessments.schemas import AssessmentStatus, DecisionOut
from services.triage.assessments.service import Heard, columns_of
from services.triage.models import Assessment, ContactCourse
from services.triage.recommendations.schemas import CompanionRecommendation, Recommendation
from shared.access import Principal
from shared.contracts import TriagedCompanion
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Channel


@dataclass(frozen=True)
class Companions:
    """What to tell of companions now, and what is known of them from now on."""

    told: list[TriagedCompanion]
    known: dict[str, Any] | None

    @property
    def contact_id(self) -> UUID | None:
        return None if self.known is None else UUID(self.known["contact_id"])


@dataclass(frozen=True)
class Deciding:
    """A decision that is being made: by whom, on what, and its number among the contact's."""

    who: Principal
    course: ContactCourse
    assessment: Assessment
    recommendation: Recommendation
    number: int


async def open_companions(work: UnitOfWork, deciding: Deciding) -> Companions:
    """The companions of a decision. One that was opened before is never dropped."""
    known = deciding.course.companion
    if not deciding.recommendation.companions:
        return Companions([], known)
    (suggested,) = deciding.recommendation.companions
    told = _companion(suggested, new_id() if known is None else UUID(known["contact_id"]))
    stored = told.model_dump(mode="json")
    if stored == known:
        return Companions([], known)
    child = await repository.lock_course(work.session, told.contact_id)
    if child.decided_itself or child.registered_version or child.closed_version:
        return Companions([], known)
    await _assess(work, deciding, suggested.recommendation, told)
    return Companions([told], stored)


def _companion(suggested: CompanionRecommendation, contact_id: UUID) -> TriagedCompanion:
    recommendation = suggested.recommendation
    return TriagedCompanion(
        contact_id=contact_id,
        concerns=suggested.concerns,
        destination=recommendation.destination,
        urgency=recommendation.urgency,
        clocks=list(recommendation.clocks),
        facts=suggested.facts,
    )


async def _assess(
    work: UnitOfWork, deciding: Deciding, recommendation: Recommendation, told: TriagedCompanion
) -> None:
    """The child's own assessment, decided with the parent's: a unit that returns it reopens this one."""
    now = work.clock.now()
    decided = DecisionOut(
        number=deciding.number,
        overridden=False,
        destination=told.destination,
        urgency=told.urgency,
        decided_at=now,
        role=deciding.who.role,
    )
    parent = deciding.assessment
    heard = Heard(told.contact_id, told.facts, Channel(parent.channel), parent.received_at)
    columns = columns_of(heard, recommendation, now, status=AssessmentStatus.DECIDED)
    columns |= {"decision": decided.model_dump(mode="json"), "decided_by": deciding.who.subject}
    await repository.add_assessment(work.session, columns)
    await repository.add_decision(
        work.session,
        {
            "id": new_id(),
            "assessment_id": columns["id"],
            "contact_id": told.contact_id,
            "number": deciding.number,
            "subject": deciding.who.subject,
            "decision": columns["decision"],
            "decided_at": now,
        },
    )
    await repository.change_course(
        work.session, told.contact_id, latest_assessment=columns["id"], decision=deciding.number
    )
