"""One's own phone: where one sits, and what rings or is answered there, live."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.intake.my_calls.schemas import MyCall, MyPhone
from services.intake.my_calls.service import AtPhones, as_json, read_at_phones
from services.intake.phones import repository as seats
from shared.access import Principal, allow
from shared.live import Followed
from shared.live_stream import LONGEST_SECONDS, values_of
from shared.problems import NotFound, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

my_calls_router = APIRouter(prefix="/v1", tags=["calls"])
Answering = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER)]


@my_calls_router.put("/my-phone", summary="Sit down at a phone")
async def sit_down(who: Answering, phone: MyPhone, work: Writing) -> MyPhone:
    """From now on its calls are yours. You sit at one phone, and at each phone sits one person."""
    await seats.sit_down(work, who, phone.source, phone.agent)
    return phone


@my_calls_router.get("/my-phone", summary="The phone you sit at", responses=answers(NotFound))
async def read_seat(who: Answering, work: Reading) -> MyPhone:
    """404 when you sit at none."""
    seat = await seats.seat_of(work.session, who.subject)
    if seat is None:
        raise NotFound("You sit at no phone.")
    return MyPhone(source=seat.source, agent=seat.agent)


@my_calls_router.delete("/my-phone", summary="Leave your phone", status_code=204)
async def stand_up(who: Answering, work: Writing) -> None:
    """Its calls are nobody's until somebody sits down there."""
    await seats.stand_up(work, who)


@my_calls_router.get("/my-calls/now", summary="The calls at your phone")
async def read_my_calls(who: Answering, work: Reading) -> list[MyCall]:
    """What the stream would show now."""
    return (await read_at_phones(work)).get(who.subject, [])


@my_calls_router.get("/my-calls", summary="The calls at your phone, live", response_class=EventSourceResponse)
async def stream_my_calls(who: Answering, request: Request) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events named `calls`, each the whole list as in `GET /v1/my-calls/now`: at once, and within
    a second of each change. They name nobody; the contact itself is read with its own look in the trail.
    """
    at_phones: Followed[AtPhones] = request.app.state.at_phones
    shown = None
    async for picture in values_of(at_phones, request.app.state.leaving, LONGEST_SECONDS):
        mine = as_json(picture.get(who.subject, []))
        if mine != shown:
            shown = mine
            yield ServerSentEvent(raw_data=mine, event="calls", retry=1000)
