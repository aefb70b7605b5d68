"""What a person decides on an assessment, and what that sets going."""

from uuid import UUID

from services.triage.assessments import repository
from services.triage.assessments.schemas import AssessmentStatus, DecisionOut
from services.triage.assessments.service import get_assessment
from services.triage.decisions.choice import Choice, choice_of
from services.triage.decisions.companions import Deciding, open_companions
from services.triage.decisions.schemas import DecisionIn
from services.triage.models import Assessment, ContactCourse
from services.triage.problems import (
    AlreadyDecided,
    ContactIsClosed,
    NotTheLatest,
)
from services.triage.recommendations.schemas import Recommendation
from services.triage.referrals.service import refer
from shared.access import Principal
from shared.contracts import ContactTriaged, TriagedCompanion
from shared.etags import require_version
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Channel


async def decide(
    work: UnitOfWork, who: Principal, assessment_id: UUID, body: DecisionIn, if_match: str | None
) -> Assessment:
    """Store a person's decision and tell intake and routing of it, in one transaction.

    The same person may decide again; saying the same again changes nothing. Raises NotFound, NotTheLatest,
    ContactIsClosed, StaleVersion, AlreadyDecided, UnknownService and what `choice_of` raises.
    """
    seen = await get_assessment(work, assessment_id)
    course = await repository.lock_course(work.session, seen.contact_id)
    assessment = await get_assessment(work, assessment_id)
    recommendation = Recommendation.model_validate(assessment.recommendation)
    choice = choice_of(body, recommendation)
    _refuse_the_past(course, assessment)
    if if_match is not None:
        require_version(if_match, assessment.version)
    if body.service_id is not None:
        await refer(work, who, assessment.contact_id, body.service_id)
    if _says_nothing_new(choice, assessment, who, if_match):
        return assessment
    await _store(work, Deciding(who, course, assessment, recommendation, course.decision + 1), choice)
    return await get_assessment(work, assessment_id)


def _refuse_the_past(course: ContactCourse, assessment: Assessment) -> None:
    if course.closed_version:
        raise ContactIsClosed
    if course.latest_assessment != assessment.id:
        raise NotTheLatest(latest=str(course.latest_assessment))


def _says_nothing_new(choice: Choice, assessment: Assessment, who: Principal, if_match: str | None) -> bool:
    if assessment.status != AssessmentStatus.DECIDED:
        return False
    decided = DecisionOut.model_validate(assessment.decision)
    if assessment.decided_by != who.subject and if_match is None:
        raise AlreadyDecided(
            decided_at=decided.decided_at.isoformat(),
            role=decided.role,
            destination=decided.destination.model_dump(mode="json"),
        )
    return choice.is_what_was(decided)


async def _store(work: UnitOfWork, deciding: Deciding, choice: Choice) -> None:
    companions = await open_companions(work, deciding)
    assessment = deciding.assessment
    decided = DecisionOut(
        number=deciding.number,
        overridden=choice.overridden,
        destination=choice.destination,
        urgency=choice.urgency,
        reason=choice.reason,
        reason_code=choice.reason_code,
        decided_at=work.clock.now(),
        role=deciding.who.role,
        companion=companions.contact_id,
    )
    await _write_down(work, deciding, decided)
    await repository.change_course(
        work.session,
        assessment.contact_id,
        decision=decided.number,
        decided_itself=True,
        companion=companions.known,
    )
    await work.publish(_event(deciding, decided, companions.told))


async def _write_down(work: UnitOfWork, deciding: Deciding, decided: DecisionOut) -> None:
    """On the assessment as it stands, and in the trail of all decisions."""
    assessment, stored = deciding.assessment, decided.model_dump(mode="json")
    await repository.change_assessment(
        work.session,
        assessment.id,
        status=AssessmentStatus.DECIDED,
        decision=stored,
        decided_by=deciding.who.subject,
    )
    await repository.add_decision(
        work.session,
        {
            "id": new_id(),
            "assessment_id": assessment.id,
            "contact_id": assessment.contact_id,
            "number": decided.number,
            "subject": deciding.who.subject,
            "decision": stored,
            "decided_at": decided.decided_at,
        },
    )


def _event(deciding: Deciding, decided: DecisionOut, companions: list[TriagedCompanion]) -> ContactTriaged:
    assessment = deciding.assessment
    return ContactTriaged(
        id=new_id(),
        occurred_at=decided.decided_at,
        contact_id=assessment.contact_id,
        decision=decided.number,
        reference=assessment.reference,
        channel=Channel(assessment.channel),
        received_at=assessment.received_at,
        ruleset=assessment.ruleset,
        overridden=decided.overridden,
        destination=decided.destination,
        urgency=decided.urgency,
        clocks=list(deciding.recommendation.clocks),
        companions=companions,
        applies_for_measure=assessment.facts.get("applies_for_measure"),
        kle=deciding.recommendation.kle,
    )
