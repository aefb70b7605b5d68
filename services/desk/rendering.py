"""How a page leaves the desk: texts, who is signed in, their doors, and what browsers must not do with it."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

from services.desk.api_clients import Services
from services.desk.assets import have_assets
from services.desk.navigation import doors_of
from services.desk.session import Session, Sessions
from services.desk.wording import (
    age_text,
    clock_text,
    day_text,
    number_text,
    person_text,
    share_text,
    wait_text,
)
from shared.ids import new_id

#: Nothing from elsewhere, no script or style but our files, and nobody may frame the page (CSP Level 3).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True
#: An Idempotency-Key for a form: however often it is sent, it does its work once.
templates.env.globals["new_once"] = lambda: str(new_id())
templates.env.filters |= {
    "wait": wait_text,
    "clock": clock_text,
    "day": day_text,
    "age": age_text,
    "share": share_text,
    "number": number_text,
    "person": person_text,
}


def show(
    request: Request,
    template: str,
    session: Session | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **shown: Any,
) -> Response:
    """The page `template`, or a part of one, with what every page knows: texts, session, clock, doors."""
    state = request.app.state
    answer = templates.TemplateResponse(
        request,
        template,
        {**_common(request, session), **shown},
        status_code=status,
        headers=dict(headers or {}),
    )
    answer.headers["Content-Security-Policy"] = POLICY
    idle = timedelta(seconds=state.settings.desk_idle_seconds)
    # A locked page stays locked, whichever public page is opened beside it.
    if session is not None and not session.is_idle(state.clock.now(), idle):
        sessions: Sessions = state.sessions
        sessions.note_seen(answer, session, state.clock.now())
    return answer


def part(request: Request, template: str, session: Session | None, **shown: Any) -> str:
    """A part of a page as text, for what is sent live; it does not count as its owner being there."""
    context = {**_common(request, session), "request": request, **shown}
    return templates.get_template(template).render(context)


def _common(request: Request, session: Session | None) -> dict[str, Any]:
    state = request.app.state
    return {
        "t": state.texts,
        "session": session,
        "doors": doors_of(session, request.url.path),
        "now": state.clock.now(),
        "mode": state.settings.mode,
        "idle_seconds": state.settings.desk_idle_seconds,
        "assets": have_assets(),
    }


def services_of(request: Request, session: Session, *, patience: float = 10.0) -> Services:
    """The services, to be called in the name of who has signed in; `patience` in seconds."""
    return Services(request.app.state.services, session, patience=patience)


def is_part(request: Request) -> bool:
    """Whether only a part of the page is asked for (htmx), and not a page of its own."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def go_to(request: Request, path: str) -> Response:
    """After something was done: look at `path` (303, so that reloading does not do it again)."""
    if is_part(request):
        return Response(status_code=204, headers={"HX-Redirect": path})
    return Response(status_code=303, headers={"Location": path})
