"""What a person sees when something went wrong: a page, or a part of one, that says so in plain Danish."""

import hmac
from http import HTTPStatus
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.desk.problems import Locked, Refused, ServiceUnreachable, SignedOut
from services.desk.rendering import is_part, show
from services.desk.session import Sessions
from services.desk.visitor import CSRF_FIELD, form_of
from shared.problems import Problem

log = structlog.get_logger("desk")


def show_problems(app: FastAPI) -> None:
    """Every problem leaves the desk as a page."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 -- starlette types handlers by Exception
    # A service that does not take the token any more: it is over, or its key is gone.
    is_over = isinstance(error, Refused) and error.answer_status == HTTPStatus.UNAUTHORIZED
    if isinstance(error, SignedOut) or is_over:
        return await _elsewhere(request, "/sign-in")
    if isinstance(error, Locked):
        return await _elsewhere(request, "/locked")
    if isinstance(error, Refused):
        return _page(request, error.answer_kind, error.answer_status, error.detail)
    if isinstance(error, ServiceUnreachable):
        return _page(request, error.kind, int(error.status), None)
    return _page(request, error.kind, int(error.status), None)


async def _elsewhere(request: Request, path: str) -> Response:
    """To the way in, and back here afterwards; what was sent meanwhile is not lost."""
    here = request.headers.get("hx-current-url", "") if is_part(request) else str(request.url)
    then = _path_of(here)
    place = f"{path}?then={quote(then, safe='/')}" if then and request.method == "GET" else path
    if is_part(request):
        # The page stays as it is, with all that was typed; only a notice is put in (base.html).
        headers = {"HX-Trigger": "dsi:signed-out", "HX-Reswap": "none"}
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers=headers)
    return await _kept(request, path) or Response(status_code=303, headers={"Location": place})


async def _kept(request: Request, path: str) -> Response | None:
    """What a form of ours sent, to be sent again once its owner is back; None for all that is not ours."""
    sessions: Sessions = request.app.state.sessions
    session = sessions.read(request)
    if request.method != "POST" or session is None:
        return None
    form = await form_of(request)
    if not hmac.compare_digest((form.text(CSRF_FIELD) or "").encode(), session.csrf.encode()):
        return None
    return show(request, "resume.html", status=401, owner=session, form=form, way=path)


def _path_of(url: str) -> str:
    path = "/" + url.partition("://")[2].partition("/")[2] if "://" in url else url
    return path.partition("?")[0]


def _page(request: Request, kind: str, status: int, detail: str | None) -> Response:
    texts = request.app.state.texts["problems"]
    said = texts.get(kind) or texts.get(str(status)) or texts["unexpected"]
    sessions: Sessions = request.app.state.sessions
    session = sessions.read(request)
    if is_part(request):
        # Beside what is on the page and not in its place: it holds what the next try needs.
        headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Trigger": "dsi:told"}
        return show(request, "problem_part.html", session, status=status, headers=headers, said=said)
    return show(request, "problem.html", session, status=status, said=said, detail=detail, kind=kind)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    return _page(request, HTTPStatus(error.status_code).phrase.lower(), error.status_code, None)


def _unreadable(request: Request, error: Exception) -> Response:
    # An address that was cut off or made up: forms are read by hand, and say what is wrong at its field.
    return _page(request, "not-found", HTTPStatus.NOT_FOUND, None)


def _unexpected(request: Request, error: Exception) -> Response:
    # Where it happened, never the message: a message may quote what was typed.
    log.error("unexpected", error=type(error).__name__)
    return _page(request, "unexpected", 500, None)
