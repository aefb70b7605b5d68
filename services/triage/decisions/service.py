"""Deciding where a contact goes: stored, and published to intake and routing, in one transaction."""

from dataclasses import dataclass
from uuid import UUID

from services.triage.assessments import repository
from services.triage.assessments.assessed_event import Companions, with_contact_ids
from services.triage.assessments.contact_facts import ContactFacts
from services.triage.assessments.schemas import AssessmentStatus, DecisionOut
from services.triage.assessments.service import assess, assessment_row, get_assessment
from services.triage.decisions.choice import Choice, choice_of
from services.triage.decisions.companions import (
    ChangedCompanion,
    changed_companions,
    published_contacts,
    with_published,
)
from services.triage.decisions.schemas import ContactDecisionIn, DecisionIn
from services.triage.models import Assessment, ContactCourse
from services.triage.problems import (
    AlreadyDecided,
    ContactIsClosed,
    FactsDiffer,
    NotTheLatest,
    RecommendationChanged,
)
from services.triage.recommendations.schemas import Recommendation
from services.triage.recommendations.service import refuse_contradictions
from services.triage.referrals.service import refer
from shared.access import Principal
from shared.contracts import ContactTriaged, Facts, TriagedCompanion
from shared.etags import require_version
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Channel


@dataclass(frozen=True)
class PendingDecision:
    """A decision that is about to be stored. `number` counts the contact's decisions from 1."""

    who: Principal
    course: ContactCourse
    assessment: Assessment
    recommendation: Recommendation
    number: int


async def decide_assessment(
    work: UnitOfWork, who: Principal, assessment_id: UUID, body: DecisionIn, if_match: str | None
) -> Assessment:
    """Store a person's decision on an assessment.

    The same person may decide again; the same decision again changes nothing. Raises NotFound, NotTheLatest,
    ContactIsClosed, StaleVersion, AlreadyDecided, UnknownService and what `choice_of` raises.
    """
    contact_id = (await get_assessment(work, assessment_id)).contact_id
    course = await repository.lock_course(work.session, contact_id)
    # Read after the lock: another person may have decided while this request waited for it.
    assessment = await get_assessment(work, assessment_id)
    recommendation = Recommendation.model_validate(assessment.recommendation)
    choice = choice_of(body, recommendation)
    if course.closed_version:
        raise ContactIsClosed
    if course.latest_assessment != assessment.id:
        raise NotTheLatest(latest=str(course.latest_assessment))
    if if_match is not None:
        require_version(if_match, assessment.version)
    if body.service_id is not None:
        await refer(work, who, assessment.contact_id, body.service_id)
    if not _is_decided_so(choice, assessment, who, if_match):
        pending = PendingDecision(who, course, assessment, recommendation, course.decision + 1)
        await _store(work, pending, choice)
    return await get_assessment(work, assessment.id)


async def decide_contact(
    work: UnitOfWork, who: Principal, contact_id: UUID, body: ContactDecisionIn, if_match: str | None
) -> Assessment:
    """Assess the contact's facts, unless they are assessed already, and store the decision on them.

    Raises ContradictoryFacts, FactsDiffer, RecommendationChanged and what `decide_assessment` raises.
    """
    course = await repository.lock_course(work.session, contact_id)
    if course.closed_version:
        raise ContactIsClosed
    assessment = await _assessment_of_version(work, course, body)
    recommendation = Recommendation.model_validate(assessment.recommendation)
    if body.seen is not None and body.seen.differs_from(recommendation):
        raise RecommendationChanged(recommendation=recommendation.model_dump(mode="json"))
    return await decide_assessment(work, who, assessment.id, body, if_match)


async def _assessment_of_version(
    work: UnitOfWork, course: ContactCourse, body: ContactDecisionIn
) -> Assessment:
    newest, _ = await repository.newest_assessed(work.session, course.contact_id)
    if body.contact_version < newest:
        raise NotTheLatest(latest=str(course.latest_assessment))
    if body.contact_version > newest:
        refuse_contradictions(body.facts)
        contact = ContactFacts(
            course.contact_id,
            body.facts,
            body.channel,
            body.received_at,
            version=body.contact_version,
            citizen_key=course.citizen_key,
        )
        return await assess(work, course, contact, work.clock.now())
    found = await repository.assessment_of_version(work.session, course.contact_id, newest)
    # One version of a contact has one set of facts: a caller with others must not decide on these.
    if Facts.model_validate(found.facts) != body.facts:
        raise FactsDiffer
    return found


def _is_decided_so(choice: Choice, assessment: Assessment, who: Principal, if_match: str | None) -> bool:
    """Whether exactly this is decided. Raises AlreadyDecided when another person decided it, without an
    If-Match to show that the caller knows of that decision.
    """
    if assessment.status != AssessmentStatus.DECIDED:
        return False
    decision = DecisionOut.model_validate(assessment.decision)
    if assessment.decided_by != who.subject and if_match is None:
        raise AlreadyDecided(
            decided_at=decision.decided_at.isoformat(),
            role=decision.role,
            destination=decision.destination.model_dump(mode="json"),
        )
    return choice.equals(decision)


async def _store(work: UnitOfWork, pending: PendingDecision, choice: Choice) -> None:
    assessment = pending.assessment
    companions = with_contact_ids(pending.recommendation, pending.course.companions, new_id)
    opened = await _store_companions(work, pending, companions)
    known = with_published(companions, opened)
    contacts = published_contacts(known)
    decision = DecisionOut(
        number=pending.number,
        overridden=choice.overridden,
        destination=choice.destination,
        urgency=choice.urgency,
        reason=choice.reason,
        reason_code=choice.reason_code,
        decided_at=work.clock.now(),
        role=pending.who.role,
        companion=contacts[0] if contacts else None,
        companions=contacts,
    )
    await repository.change_assessment(
        work.session,
        assessment.id,
        status=AssessmentStatus.DECIDED,
        decision=decision.model_dump(mode="json"),
        decided_by=pending.who.subject,
    )
    await _add_to_trail(work, pending.who, assessment.id, assessment.contact_id, decision)
    await repository.change_course(
        work.session,
        assessment.contact_id,
        decision=decision.number,
        decided_itself=True,
        companions=known,
    )
    await work.publish(_event(pending, decision, [one.companion for one in opened]))


async def _add_to_trail(
    work: UnitOfWork, who: Principal, assessment_id: UUID, contact_id: UUID, decision: DecisionOut
) -> None:
    await repository.add_decision(
        work.session,
        {
            "id": new_id(),
            "assessment_id": assessment_id,
            "contact_id": contact_id,
            "number": decision.number,
            "subject": who.subject,
            "decision": decision.model_dump(mode="json"),
            "decided_at": decision.decided_at,
        },
    )


async def _store_companions(
    work: UnitOfWork, pending: PendingDecision, companions: Companions
) -> list[ChangedCompanion]:
    """The companions that this decision opens or changes, each stored with an assessment decided with it."""
    changed = changed_companions(pending.recommendation, companions)
    return [one for one in changed if await _store_companion(work, pending, one)]


async def _store_companion(work: UnitOfWork, pending: PendingDecision, changed: ChangedCompanion) -> bool:
    """Store the companion's assessment, decided with the parent's; False where its own contact goes before.

    A unit that returns the child's contact reopens that assessment.
    """
    companion = changed.companion
    child = await repository.lock_course(work.session, companion.contact_id)
    # Facts or a decision of the child's own contact, or its end, count more than what the parent's says.
    if child.decided_itself or child.registered_version or child.closed_version:
        return False
    decision = DecisionOut(
        number=pending.number,
        overridden=False,
        destination=companion.destination,
        urgency=companion.urgency,
        decided_at=work.clock.now(),
        role=pending.who.role,
    )
    parent = pending.assessment
    facts = ContactFacts(companion.contact_id, companion.facts, Channel(parent.channel), parent.received_at)
    row = assessment_row(facts, changed.recommendation, decision.decided_at, AssessmentStatus.DECIDED)
    row |= {"decision": decision.model_dump(mode="json"), "decided_by": pending.who.subject}
    await repository.add_assessment(work.session, row)
    await _add_to_trail(work, pending.who, row["id"], companion.contact_id, decision)
    # What the child is owed was published with the parent's assessment.
    await repository.change_course(
        work.session,
        companion.contact_id,
        latest_assessment=row["id"],
        decision=decision.number,
        assessments=child.assessments + 1,
    )
    return True


def _event(
    pending: PendingDecision, decision: DecisionOut, companions: list[TriagedCompanion]
) -> ContactTriaged:
    assessment = pending.assessment
    return ContactTriaged(
        id=new_id(),
        occurred_at=decision.decided_at,
        contact_id=assessment.contact_id,
        decision=decision.number,
        reference=assessment.reference,
        channel=Channel(assessment.channel),
        received_at=assessment.received_at,
        ruleset=assessment.ruleset,
        overridden=decision.overridden,
        destination=decision.destination,
        urgency=decision.urgency,
        clocks=list(pending.recommendation.clocks),
        companions=companions,
        applies_for_measure=assessment.facts.get("applies_for_measure"),
        kle=pending.recommendation.kle,
    )
