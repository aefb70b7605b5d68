"""Assessments over HTTP: stored recommendations, made on request, listed, read and explained."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.triage.alarms.repository import open_alarms_about
from services.triage.assessments import repository
from services.triage.assessments.repository import AssessmentFilter
from services.triage.assessments.schemas import AssessmentIn, AssessmentOut, AssessmentStatus
from services.triage.assessments.service import assess_on_request, explain_assessment, get_assessment
from services.triage.models import Assessment
from services.triage.problems import ContactIsClosed, ContradictoryFacts, UnknownRuleset
from services.triage.recommendations.schemas import Explanation
from services.triage.recommendations.service import refuse_contradictions
from shared.access import Principal, allow
from shared.documents import document
from shared.idempotency import Idempotent
from shared.paging import Page, Paging
from shared.problems import IdempotencyMismatch, InvalidCursor, NotFound, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Role

assessments_router = APIRouter(prefix="/v1/assessments", tags=["assessments"])

Staff = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE)]
_READERS = allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE, Role.OPERATIONS, Role.AUDITOR)


async def assessment_document(work: UnitOfWork, assessment: Assessment, status: int = 200) -> Response:
    """The assessment with the open alarms about its citizen, its ETag and its address."""
    alarms = await open_alarms_about(work.session, {assessment.contact_id})
    return document(
        AssessmentOut.from_row(assessment, alarms[assessment.contact_id]),
        status=status,
        version=assessment.version,
        location=f"/v1/assessments/{assessment.id}",
    )


@assessments_router.post(
    "",
    summary="Assess a contact",
    status_code=201,
    response_model=AssessmentOut,
    responses=answers(IdempotencyMismatch, ContactIsClosed, ContradictoryFacts),
)
async def create_assessment(who: Staff, body: AssessmentIn, once: Idempotent, work: Writing) -> Response:
    """A recommendation that is stored for a person to decide on.

    One is also made whenever intake reports a contact's facts. An older one that nobody decided on is
    superseded.
    """
    refuse_contradictions(body.facts)
    await once.replay(work, who)
    answer = await assessment_document(work, await assess_on_request(work, body), 201)
    await once.remember(work, who, answer)
    return answer


@assessments_router.get(
    "", summary="List assessments", dependencies=[_READERS], responses=answers(InvalidCursor)
)
async def list_assessments(
    *,
    work: Reading,
    contact_id: UUID | None = None,
    status: AssessmentStatus | None = None,
    paging: Paging,
) -> Page[AssessmentOut]:
    """Newest first; of one contact, the first is the one to decide on."""
    filters = AssessmentFilter(contact_id, status)
    rows = await repository.list_assessments(work.session, filters, paging.after, paging.limit)
    page, next_cursor = paging.split(rows, lambda row: (row.made_at, row.id))
    alarms = await open_alarms_about(work.session, {row.contact_id for row in page})
    items = [AssessmentOut.from_row(row, alarms[row.contact_id]) for row in page]
    return Page(items=items, next_cursor=next_cursor)


@assessments_router.get(
    "/{assessment_id}",
    summary="Read an assessment",
    response_model=AssessmentOut,
    dependencies=[_READERS],
    responses=answers(NotFound),
)
async def read_assessment(assessment_id: UUID, work: Reading) -> Response:
    """With its ETag."""
    return await assessment_document(work, await get_assessment(work, assessment_id))


@assessments_router.get(
    "/{assessment_id}/explanation",
    summary="Why there, why not elsewhere, and what would have changed it",
    dependencies=[_READERS],
    responses=answers(NotFound, UnknownRuleset),
)
async def read_explanation(assessment_id: UUID, work: Reading) -> Explanation:
    """By the rule set that the assessment was made by, whatever has come into force since."""
    return await explain_assessment(work, assessment_id)
