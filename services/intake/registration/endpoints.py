"""Registering a contact over HTTP."""

from fastapi import APIRouter, Depends, Response

from services.intake.access_log.service import Purpose
from services.intake.contacts.endpoints import IDENTITY_PROBLEMS, contact_document
from services.intake.contacts.schemas import ContactOut
from services.intake.lines.dependencies import keep_lines_fresh
from services.intake.permissions import Staff
from services.intake.problems import ReceivedInFuture, UnknownLine
from services.intake.registration import service
from services.intake.registration.schemas import ContactIn
from shared.group_commit import Grouped
from shared.idempotency import Idempotent
from shared.problems import IdempotencyMismatch, answers

registration_router = APIRouter(
    prefix="/v1/contacts", tags=["contacts"], dependencies=[Depends(keep_lines_fresh)]
)


@registration_router.post(
    "",
    summary="Register a contact",
    status_code=201,
    response_model=ContactOut,
    responses=answers(IdempotencyMismatch, ReceivedInFuture, UnknownLine, *IDENTITY_PROBLEMS),
)
async def create_contact(
    who: Staff, body: ContactIn, once: Idempotent, grouped: Grouped, purpose: Purpose = None
) -> Response:
    """It waits at the reception of its line; with facts it is registered, and triage assesses it.

    A walk-in gets the day's next ticket number of its entrance. The same Idempotency-Key and body give
    the same contact again.
    """
    arrival = service.arrival_of(grouped, body)
    if not arrival.needs_ticket:
        new = service.new_contact(grouped, who, arrival, purpose)
        answer = contact_document(grouped, who, new.contact, new.personal, 201)
        once.note(new.rows, who, answer)
        if await grouped.stored(new.rows):
            return answer
        # The batch failed, perhaps for another request's rows, or the key was used before: this request
        # continues in a transaction of its own.
    async with grouped.alone() as work:
        new = await service.create(work, who, arrival, purpose)
        answer = contact_document(work, who, new.contact, new.personal, 201)
        await once.remember(work, who, answer)
    return answer
