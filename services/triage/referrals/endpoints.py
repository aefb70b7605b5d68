"""Referrals to offers over HTTP, and what became of them."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.triage.access import ANY_ROLE
from services.triage.catalogue.endpoints import Instant
from services.triage.problems import UnknownService
from services.triage.referrals import repository, service
from services.triage.referrals.schemas import OutcomeIn, ReferralIn, ReferralOut, ReferralOutcomesOut
from shared.access import Principal, allow
from shared.documents import document
from shared.idempotency import Idempotent
from shared.paging import Page
from shared.problems import IdempotencyMismatch, NotFound, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

referrals_router = APIRouter(prefix="/v1/referrals", tags=["services"])
outcomes_router = APIRouter(prefix="/v1/services", tags=["services"])

Staff = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE)]
_READERS = [allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE, Role.OPERATIONS, Role.AUDITOR)]


@referrals_router.post(
    "",
    summary="Lead a contact on to an offer",
    status_code=201,
    response_model=ReferralOut,
    responses=answers(UnknownService, IdempotencyMismatch),
)
async def create_referral(who: Staff, body: ReferralIn, once: Idempotent, work: Writing) -> Response:
    """Written down once for each contact and offer; a decision can do so as well (`service_id`)."""
    await once.replay(work, who)
    made = await service.refer(work, who, body.contact_id, body.service_id)
    answer = document(ReferralOut.from_row(made), status=201, location=f"/v1/referrals/{made.id}")
    await once.remember(work, who, answer)
    return answer


@referrals_router.get("", summary="A contact's referrals", dependencies=_READERS)
async def list_referrals(contact_id: UUID, work: Reading) -> Page[ReferralOut]:
    """In the order they were made."""
    found = await repository.referrals_of_contact(work.session, contact_id)
    return Page(items=[ReferralOut.from_row(referral) for referral in found])


@referrals_router.get(
    "/{referral_id}", summary="Read a referral", dependencies=_READERS, responses=answers(NotFound)
)
async def read_referral(referral_id: UUID, work: Reading) -> ReferralOut:
    """With what is known of it."""
    return ReferralOut.from_row(await service.get_referral(work, referral_id))


@referrals_router.post(
    "/{referral_id}/outcome", summary="Say whether the citizen came", responses=answers(NotFound)
)
async def report_referral_outcome(
    who: Staff, referral_id: UUID, body: OutcomeIn, work: Writing
) -> ReferralOut:
    """The latest report counts. Whether they came back is found out from their later contacts."""
    return ReferralOut.from_row(await service.report_outcome(work, who, referral_id, body.came))


@outcomes_router.get(
    "/{service_id}/outcomes",
    summary="What became of the referrals to an offer",
    dependencies=ANY_ROLE,
    responses=answers(NotFound),
)
async def read_service_outcomes(
    service_id: UUID,
    work: Reading,
    begin: Annotated[Instant | None, Query(alias="from", description="Referred at or after")] = None,
    end: Annotated[Instant | None, Query(alias="to", description="Referred before")] = None,
) -> ReferralOutcomesOut:
    """Counts for one offer (not part of the standard)."""
    counts = await service.outcomes_of(work, service_id, begin, end)
    return ReferralOutcomesOut(service_id=service_id, **asdict(counts))
