"""The first page, which is open to everyone, and what machines read of the desk."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.desk.api_clients import ApiClients
from services.desk.front.service import read_overview
from services.desk.page_request import PublicPage
from shared.access import public
from shared.metrics import CONTENT_TYPE

front_router = APIRouter()


@front_router.get("/", response_class=HTMLResponse, name="front_page")
@public("queue lengths and waits of the whole reception; without personal data")
async def front_page(page: PublicPage) -> Response:
    """The services that run, the queues with their live figures, and links to the interfaces."""
    state = page.state
    services = ApiClients(state.services, state.service_token())
    seen = await read_overview(services, state.settings.desk_patience_seconds)
    return page.recognised().render("front.html", seen=seen)


@front_router.get("/accessibility", name="accessibility")
@public("the law wants everyone to find it (lov om webtilgængelighed § 5)")
async def accessibility(page: PublicPage) -> Response:
    """How accessible the pages are, and where to report that they are not."""
    return page.recognised().render("accessibility.html")


@front_router.get("/health/live")
@public("an orchestrator asks before anyone can sign in; says only that it runs")
async def live() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@front_router.get("/health/ready")
@public("an orchestrator asks before anyone can sign in; says only that it runs")
async def ready() -> dict[str, str]:
    """The desk can always render a page, which says itself which services do not answer."""
    return {"status": "ok"}


@front_router.get("/metrics")
@public("read by Prometheus inside the city's network; has no personal data")
async def metrics(page: PublicPage) -> Response:
    """The text exposition format."""
    return Response(page.state.metrics.render(), media_type=CONTENT_TYPE)
