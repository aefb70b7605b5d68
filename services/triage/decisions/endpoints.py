"""Decisions over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.triage.assessments.endpoints import Staff, assessment_document
from services.triage.assessments.schemas import AssessmentOut
from services.triage.decisions import service
from services.triage.decisions.schemas import DecisionIn
from services.triage.problems import (
    AlreadyDecided,
    ContactIsClosed,
    ImpossibleDestination,
    NotTheLatest,
    ReasonRequired,
    UnclearDecision,
    UnknownService,
)
from shared.etags import IfMatch
from shared.idempotency import Idempotent
from shared.problems import IdempotencyMismatch, NotFound, StaleVersion, answers
from shared.unit_of_work import Writing

decisions_router = APIRouter(tags=["assessments"])


@decisions_router.post(
    "/v1/assessments/{assessment_id}/decision",
    summary="Accept the recommendation, or override it with a reason",
    response_model=AssessmentOut,
    responses=answers(
        NotFound,
        AlreadyDecided,
        NotTheLatest,
        ContactIsClosed,
        StaleVersion,
        UnclearDecision,
        ReasonRequired,
        ImpossibleDestination,
        UnknownService,
        IdempotencyMismatch,
    ),
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
    answer = await assessment_document(work, await service.decide(work, who, assessment_id, body, if_match))
    await once.remember(work, who, answer)
    return answer
