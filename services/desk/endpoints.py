"""The pages. Each is made on the server and works without JavaScript."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from services.desk.front import look_around, service_level
from services.desk.wording import clock_text, share_text, wait_text
from shared.access import public
from shared.metrics import CONTENT_TYPE

desk_router = APIRouter()

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
_templates.env.globals["service_level"] = service_level
_templates.env.filters |= {"wait": wait_text, "clock": clock_text, "share": share_text}
#: No script at all, nothing from elsewhere, and nobody may frame the page.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


@desk_router.get("/", response_class=HTMLResponse, name="front_page")
@public("queue lengths and waits of the whole reception; no personal data stands on it")
async def front_page(request: Request) -> Response:
    """What is running, the queues with their live figures, and the ways into the interfaces."""
    state = request.app.state
    seen = await look_around(
        state.services, state.tokens.for_service("desk"), state.settings.desk_patience_seconds
    )
    page = {"t": state.texts, "seen": seen, "now": state.clock.now(), "mode": state.settings.mode}
    answer = _templates.TemplateResponse(request, "front.html", page)
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


@desk_router.get("/health/live")
@public("an orchestrator asks before anyone can log in; tells nothing")
async def live() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@desk_router.get("/health/ready")
@public("an orchestrator asks before anyone can log in; tells nothing")
async def ready() -> dict[str, str]:
    """The desk can always show a page, and says on it which services do not answer."""
    return {"status": "ok"}


@desk_router.get("/metrics")
@public("read by Prometheus inside the city's network; holds no personal data")
async def metrics(request: Request) -> Response:
    """The text exposition format."""
    return Response(request.app.state.metrics.render(), media_type=CONTENT_TYPE)
