"""The first page, which everybody may see, and what machines ask of the desk."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.desk.front.service import look_around, service_level
from services.desk.rendering import show
from shared.access import public
from shared.metrics import CONTENT_TYPE

front_router = APIRouter()


@front_router.get("/", response_class=HTMLResponse, name="front_page")
@public("queue lengths and waits of the whole reception; no personal data stands on it")
async def front_page(request: Request) -> Response:
    """What is running, the queues with their live figures, and the ways into the interfaces."""
    state = request.app.state
    seen = await look_around(
        state.services, state.tokens.for_service("desk"), state.settings.desk_patience_seconds
    )
    return show(request, "front.html", state.sessions.read(request), seen=seen, service_level=service_level)


@front_router.get("/accessibility", name="accessibility")
@public("the law wants it to be found by everybody (lov om webtilgængelighed § 5)")
async def accessibility(request: Request) -> Response:
    """How far everybody can use the pages, and whom to tell when somebody cannot."""
    return show(request, "accessibility.html", request.app.state.sessions.read(request))


@front_router.get("/health/live")
@public("an orchestrator asks before anyone can log in; tells nothing")
async def live() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@front_router.get("/health/ready")
@public("an orchestrator asks before anyone can log in; tells nothing")
async def ready() -> dict[str, str]:
    """The desk can always show a page, and says on it which services do not answer."""
    return {"status": "ok"}


@front_router.get("/metrics")
@public("read by Prometheus inside the city's network; holds no personal data")
async def metrics(request: Request) -> Response:
    """The text exposition format."""
    return Response(request.app.state.metrics.render(), media_type=CONTENT_TYPE)
