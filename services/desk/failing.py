"""What a person sees when something went wrong: a page, or a part of one, that says so in plain Danish."""

from http import HTTPStatus
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from services.desk.problems import Locked, Refused, ServiceUnreachable, SignedOut
from services.desk.session import Sessions
from services.desk.showing import is_part, show
from shared.problems import Problem

log = structlog.get_logger("desk")


def show_problems(app: FastAPI) -> None:
    """Every problem leaves the desk as a page."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 -- starlette types handlers by Exception
    # A service that does not take the token any more: it is over, or its key is gone.
    is_over = isinstance(error, Refused) and error.answer_status == HTTPStatus.UNAUTHORIZED
    if isinstance(error, SignedOut) or is_over:
        return _elsewhere(request, "/sign-in")
    if isinstance(error, Locked):
        return _elsewhere(request, "/locked")
    if isinstance(error, Refused):
        return _page(request, error.answer_kind, error.answer_status, error.detail)
    if isinstance(error, ServiceUnreachable):
        return _page(request, error.kind, int(error.status), None)
    return _page(request, error.kind, int(error.status), None)


def _elsewhere(request: Request, path: str) -> Response:
    """To the way in, and back here afterwards; what a form held is kept by the browser's own page."""
    here = request.headers.get("hx-current-url", "") if is_part(request) else str(request.url)
    then = _path_of(here)
    place = f"{path}?then={quote(then, safe='/')}" if then and request.method == "GET" else path
    if is_part(request):
        # The page stays as it is, with all that was typed; only a notice is put in (base.html).
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Trigger": "dsi:signed-out"})
    return Response(status_code=303, headers={"Location": place})


def _path_of(url: str) -> str:
    path = "/" + url.partition("://")[2].partition("/")[2] if "://" in url else url
    return path.partition("?")[0]


def _page(request: Request, kind: str, status: int, detail: str | None) -> Response:
    texts = request.app.state.texts["problems"]
    said = texts.get(kind) or texts.get(str(status)) or texts["unexpected"]
    sessions: Sessions = request.app.state.sessions
    template = "problem_part.html" if is_part(request) else "problem.html"
    return show(request, template, sessions.read(request), status=status, said=said, detail=detail, kind=kind)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    return _page(request, HTTPStatus(error.status_code).phrase.lower(), error.status_code, None)


def _unexpected(request: Request, error: Exception) -> Response:
    # Where it happened, never the message: a message may quote what was typed.
    log.error("unexpected", error=type(error).__name__)
    return _page(request, "unexpected", 500, None)
