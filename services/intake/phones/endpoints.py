"""One's own phone: which one it is, and what rings or is answered there, live."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.intake.phones import repository, service
from services.intake.phones.schemas import MyCall, MyPhone, as_json
from services.intake.phones.service import CallsAtPhones
from shared.access import Principal, allow
from shared.live import Followed
from shared.live_stream import LONGEST_SECONDS, values_of
from shared.problems import NotFound, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

phones_router = APIRouter(prefix="/v1", tags=["calls"])
Answering = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER)]


@phones_router.put("/my-phone", summary="Take a phone")
async def take_phone(who: Answering, phone: MyPhone, work: Writing) -> MyPhone:
    """From now on its calls are yours. You have one phone, and each phone has one user."""
    await service.take_phone(work, who, phone.source, phone.agent)
    return phone


@phones_router.get("/my-phone", summary="Your phone", responses=answers(NotFound))
async def read_my_phone(who: Answering, work: Reading) -> MyPhone:
    """404 when you have none."""
    seat = await repository.seat_of(work.session, who.subject)
    if seat is None:
        raise NotFound("You have no phone.")
    return MyPhone(source=seat.source, agent=seat.agent)


@phones_router.delete("/my-phone", summary="Leave your phone", status_code=204)
async def leave_phone(who: Answering, work: Writing) -> None:
    """Its calls are no user's until another takes it."""
    await service.leave_phone(work, who)


@phones_router.get("/my-calls/now", summary="The calls at your phone")
async def read_my_calls(who: Answering, work: Reading) -> list[MyCall]:
    """What the stream would send now."""
    return (await service.calls_at_phones(work)).get(who.subject, [])


@phones_router.get("/my-calls", summary="The calls at your phone, live", response_class=EventSourceResponse)
async def stream_my_calls(who: Answering, request: Request) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events named `calls`, each the whole list as in `GET /v1/my-calls/now`: at once, and within
    a second of each change. They name no person; reading the contact itself is logged as an access.
    """
    calls: Followed[CallsAtPhones] = request.app.state.calls_at_phones
    sent = None
    async for value in values_of(calls, request.app.state.leaving, LONGEST_SECONDS):
        mine = as_json(value.get(who.subject, []))
        if mine != sent:
            sent = mine
            yield ServerSentEvent(raw_data=mine, event="calls", retry=1000)
