"""Referrals to offers over HTTP, and what became of them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.triage.catalogue.endpoints import EVERYBODY, Instant
from services.triage.models import Referral
from services.triage.problems import UnknownService
from services.triage.referrals import repository
from services.triage.referrals.service import Came, get_referral, outcomes_of, refer, tell_outcome
from shared.access import Principal, allow
from shared.idempotency import Idempotent
from shared.paging import Page
from shared.problems import IdempotencyMismatch, NotFound, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Need, Role

referrals_router = APIRouter(prefix="/v1/referrals", tags=["services"])
outcomes_router = APIRouter(prefix="/v1/services", tags=["services"])

Staff = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE)]
_READERS = [allow(Role.RECEPTION, Role.CASEWORKER, Role.SERVICE, Role.OPERATIONS, Role.AUDITOR)]


class ReferralIn(BaseModel):
    """Which contact is led on to which offer."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID = Field(examples=["01a20676-ae61-7554-a27c-11c3417f7c49"])
    service_id: UUID = Field(examples=["01a20676-ae61-7554-a27c-11b8826d3ed1"])


class ReferralOut(BaseModel):
    """A referral. Who made it is told by role; the name stays in the trail."""

    id: UUID
    contact_id: UUID
    service_id: UUID
    needs: list[Need] = Field(description="What the citizen was referred for")
    referred_at: datetime
    role: str = Field(examples=["reception"])
    came: Came
    told_at: datetime | None = Field(description="When somebody told whether the citizen came")


class OutcomeIn(BaseModel):
    """Whether the citizen came."""

    model_config = ConfigDict(extra="forbid")

    came: Came = Field(examples=["yes"])


class OutcomesOut(BaseModel):
    """Counts of an offer's referrals, with nobody among them to be seen."""

    service_id: UUID
    referred: int = Field(examples=[12])
    came: int
    did_not_come: int
    unknown: int = Field(description="Nobody has told yet whether they came")
    came_back: int = Field(description="In contact again within 30 days with the same need")
    did_not_come_back: int
    not_known_yet: int = Field(description="The 30 days are not over")
    cannot_be_known: int = Field(description="Without a personal number nobody knows whose contact it was")


def _shown(referral: Referral) -> ReferralOut:
    return ReferralOut.model_validate({**referral.model_dump(), "service_id": referral.offer_id})


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
    made = await refer(work, who, body.contact_id, body.service_id)
    headers = {"Location": f"/v1/referrals/{made.id}"}
    answer = Response(_shown(made).model_dump_json(), 201, headers, media_type="application/json")
    await once.remember(work, who, answer)
    return answer


@referrals_router.get("", summary="A contact's referrals", dependencies=_READERS)
async def list_referrals(contact_id: UUID, work: Reading) -> Page[ReferralOut]:
    """In the order they were made."""
    found = await repository.referrals_of_contact(work.session, contact_id)
    return Page(items=[_shown(referral) for referral in found])


@referrals_router.get(
    "/{referral_id}", summary="Read a referral", dependencies=_READERS, responses=answers(NotFound)
)
async def read_referral(referral_id: UUID, work: Reading) -> ReferralOut:
    """With what was told of it."""
    return _shown(await get_referral(work, referral_id))


@referrals_router.post(
    "/{referral_id}/outcome", summary="Tell whether the citizen came", responses=answers(NotFound)
)
async def tell_referral_outcome(who: Staff, referral_id: UUID, body: OutcomeIn, work: Writing) -> ReferralOut:
    """What was told last holds. Whether they came back is found out from their later contacts."""
    return _shown(await tell_outcome(work, who, referral_id, body.came))


@outcomes_router.get(
    "/{service_id}/outcomes",
    summary="What became of the referrals to an offer",
    dependencies=EVERYBODY,
    responses=answers(NotFound),
)
async def read_service_outcomes(
    service_id: UUID,
    work: Reading,
    begin: Annotated[Instant | None, Query(alias="from", description="Referred at or after")] = None,
    end: Annotated[Instant | None, Query(alias="to", description="Referred before")] = None,
) -> OutcomesOut:
    """Counts for one offer (not part of the standard)."""
    counts = await outcomes_of(work, service_id, begin, end)
    return OutcomesOut(service_id=service_id, **asdict(counts))
