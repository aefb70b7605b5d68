"""Decisions over HTTP: on an assessment, or on a contact's facts in one call."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.triage.assessments.endpoints import Staff, assessment_document
from services.triage.assessments.schemas import AssessmentOut
from services.triage.decisions import service
from services.triage.decisions.schemas import ContactDecisionIn, DecisionIn
from services.triage.problems import (
    AlreadyDecided,
    ContactIsClosed,
    ContradictoryFacts,
    FactsDiffer,
    ImpossibleDestination,
    NotTheLatest,
    ReasonRequired,
    RecommendationChanged,
    UnclearDecision,
    UnknownService,
)
from shared.etags import IfMatch
from shared.idempotency import Idempotent
from shared.problems import IdempotencyMismatch, NotFound, StaleVersion, answers
from shared.unit_of_work import Writing

decisions_router = APIRouter(tags=["assessments"])

#: What can be wrong with a decision, whatever it is made on.
_REFUSALS = (
    AlreadyDecided,
    NotTheLatest,
    ContactIsClosed,
    StaleVersion,
    UnclearDecision,
    ReasonRequired,
    ImpossibleDestination,
    UnknownService,
    IdempotencyMismatch,
)


@decisions_router.post(
    "/v1/assessments/{assessment_id}/decision",
    summary="Accept the recommendation, or override it with a reason",
    response_model=AssessmentOut,
    responses=answers(NotFound, *_REFUSALS),
)
async def decide_assessment(
    *,
    who: Staff,
    assessment_id: UUID,
    body: DecisionIn,
    once: Idempotent,
    work: Writing,
    if_match: IfMatch = None,
) -> Response:
    """Sends the contact to its one unit, and opens the companion for a child at risk.

    The person who decided may change the decision; somebody else must send If-Match with the current
    ETag. After a unit has returned the contact, anybody may decide.
    """
    await once.replay(work, who)
    assessment = await service.decide_assessment(work, who, assessment_id, body, if_match)
    answer = await assessment_document(work, assessment)
    await once.remember(work, who, answer)
    return answer


@decisions_router.post(
    "/v1/contacts/{contact_id}/decision",
    summary="Assess the contact's facts and decide on them, in one call",
    response_model=AssessmentOut,
    responses=answers(ContradictoryFacts, FactsDiffer, RecommendationChanged, *_REFUSALS),
)
async def decide_contact(
    *,
    who: Staff,
    contact_id: UUID,
    body: ContactDecisionIn,
    once: Idempotent,
    work: Writing,
    if_match: IfMatch = None,
) -> Response:
    """Works whether or not triage has received these facts from intake, and the same either way.

    With `seen`, the decision is made only if it was that recommendation which the person saw; otherwise the
    answer (409, `recommendation-changed`) has the present one, and nothing is stored. An older
    `contact_version` than the newest known is refused (409). Who may change a decision is as for a decision
    on an assessment.
    """
    await once.replay(work, who)
    assessment = await service.decide_contact(work, who, contact_id, body, if_match)
    answer = await assessment_document(work, assessment)
    await once.remember(work, who, answer)
    return answer
