"""Problems rendered for people: a page, or a part of one, that says in plain Danish what went wrong."""

import hmac
from http import HTTPStatus
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.desk.form import CSRF_FIELD
from services.desk.page_request import PublicRequest
from services.desk.problems import Locked, Refused, SignedOut
from shared.problems import Problem

log = structlog.get_logger("desk")


def render_problems(app: FastAPI) -> None:
    """Answer every problem with a page."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 -- starlette types handlers by Exception
    page = PublicRequest(request)
    # A service that no longer accepts the token: it has expired, or its key is gone.
    is_over = isinstance(error, Refused) and error.answer_status == HTTPStatus.UNAUTHORIZED
    if isinstance(error, SignedOut) or is_over:
        return await _to_sign_in(page, "/sign-in")
    if isinstance(error, Locked):
        return await _to_sign_in(page, "/locked")
    if isinstance(error, Refused):
        return _error_page(page, error.answer_kind, error.answer_status, error.detail)
    return _error_page(page, error.kind, int(error.status))


async def _to_sign_in(page: PublicRequest, path: str) -> Response:
    """To the sign-in or the lock, and back here afterwards. A form that was sent can be sent again."""
    if page.is_fragment:
        # The page stays as it is, with all that was typed; only a notice is put in (base.html).
        headers = {"HX-Trigger": "dsi:signed-out", "HX-Reswap": "none"}
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers=headers)
    if resume := await _resume(page, path):
        return resume
    then = page.request.url.path
    place = f"{path}?then={quote(then, safe='/')}" if page.request.method == "GET" else path
    return Response(status_code=303, headers={"Location": place})


async def _resume(page: PublicRequest, path: str) -> Response | None:
    """A form of ours, to be sent again once its owner has signed in; None for anything that is not ours."""
    session = page.recognised().session
    if page.request.method != "POST" or session is None:
        return None
    form = await page.form()
    if not hmac.compare_digest((form.text(CSRF_FIELD) or "").encode(), session.csrf.encode()):
        return None
    return page.render("resume.html", status=401, owner=session, form=form, way=path)


def _error_page(page: PublicRequest, kind: str, status: int, detail: str | None = None) -> Response:
    texts, page = page.texts["problems"], page.recognised()
    message = texts.get(kind) or texts.get(str(status)) or texts["unexpected"]
    if page.is_fragment:
        # Beside what is on the page and not in its place: the page has what the next try needs.
        headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Trigger": "dsi:notice"}
        return page.render("problem_part.html", status=status, headers=headers, message=message)
    return page.render("problem.html", status=status, message=message, detail=detail, kind=kind)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    status = error.status_code
    return _error_page(PublicRequest(request), HTTPStatus(status).phrase.lower(), status)


def _unreadable(request: Request, error: Exception) -> Response:
    # An address that was cut off or made up: forms are read by the endpoints, with each fault at its field.
    return _error_page(PublicRequest(request), "not-found", HTTPStatus.NOT_FOUND)


def _unexpected(request: Request, error: Exception) -> Response:
    # The type only, never the message: a message may quote what was typed.
    log.error("unexpected", error=type(error).__name__)
    return _error_page(PublicRequest(request), "unexpected", 500)
