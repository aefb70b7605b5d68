"""Whether the service lives, whether it can work, and what it counts."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from shared.access import public
from shared.metrics import CONTENT_TYPE
from shared.migrating import is_current
from shared.problems import Unavailable, answers
from shared.unit_of_work import unit_of_work

health_router = APIRouter(tags=["health"])


class Health(BaseModel):
    """`ok`; anything else is a problem document."""

    status: Literal["ok"] = "ok"


@health_router.get("/health/live", summary="The process lives")
@public("an orchestrator asks before anyone can sign in; the answer holds no data")
async def live() -> Health:
    """Answers as long as the process can answer."""
    return Health()


@health_router.get("/health/ready", summary="The service can do its work", responses=answers(Unavailable))
@public("an orchestrator asks before anyone can sign in; the answer holds no data")
async def ready(request: Request) -> Health:
    """Storage can be reached and has the newest schema; else 503."""
    state = request.app.state
    try:
        current = await is_current(state.database, state.service.name)
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable(headers={"Retry-After": "5"}) from error
    if not current:
        raise Unavailable("The database is not at the newest schema: run `dsi migrate`.")
    return Health()


@health_router.get(
    "/metrics",
    summary="What Prometheus reads",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@public("read by Prometheus inside the city's network; holds no personal data")
async def metrics(request: Request) -> Response:
    """The text exposition format. Gauges are set as it is read."""
    state = request.app.state
    async with state.database.reading() as session:
        work = unit_of_work(state, session)
        state.metrics.set_outbox(await state.outbox.counts(session))
        if state.service.measure is not None:
            await state.service.measure(work)
    return Response(state.metrics.render(), media_type=CONTENT_TYPE)
