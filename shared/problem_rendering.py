"""Every error leaves the service as problem+json (RFC 9457), from here and nowhere else."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from shared.database import is_worth_another_try, sqlstate
from shared.idempotency import AlreadyAnswered
from shared.log import mask
from shared.problems import (
    MEDIA_TYPE,
    FieldError,
    InvalidInput,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
    Unexpected,
)

log = structlog.get_logger("http")


#: PostgreSQL keeps no text with the character U+0000 in it, and says so only when it is written.
_NO_TEXT = {"22021", "22P05"}
#: The framework's own refusals that have a name here.
_OURS: dict[int, type[Problem]] = {int(p.status): p for p in (NotFound, TooLarge)}


def render(problem: Problem) -> JSONResponse:
    """The response for `problem`."""
    return JSONResponse(
        problem.document(), status_code=int(problem.status), headers=problem.headers, media_type=MEDIA_TYPE
    )


def render_problems(app: Starlette) -> None:
    """Install the handlers for all that can go wrong."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(AlreadyAnswered, _answered)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout, OSError):
        app.add_exception_handler(unreachable, _storage)
    app.add_exception_handler(DBAPIError, _storage)
    app.add_exception_handler(Exception, _unexpected)


def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 -- starlette types handlers by Exception
    return render(error)


def _answered(_request: Request, error: Exception) -> Response:
    assert isinstance(error, AlreadyAnswered)  # noqa: S101 -- as above
    return error.answer


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- as above
    return render(InvalidInput(errors=[_field(e) for e in error.errors()]))


def _field(error: Any) -> FieldError:
    # Neither the input nor the context is repeated; the place may be a key from the input.
    source, *path = error["loc"] or ("body",)
    start = "" if source == "body" else f"/{source}"
    place = start + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    if error["type"] == "json_invalid":
        return FieldError(pointer="", message="the body is not valid JSON")
    return FieldError(pointer=mask(place), message=mask(error["msg"].removeprefix("Value error, ")))


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # The framework's error for a body that is not text; for the sender it is invalid input like any
        # other.
        return render(InvalidInput(errors=[FieldError(pointer="", message="the body cannot be read")]))
    if error.status_code in _OURS:
        return render(_OURS[error.status_code]())
    phrase = HTTPStatus(error.status_code).phrase
    kind = phrase.lower().replace(" ", "-")
    return JSONResponse(
        {"type": f"urn:dsi:problem:{kind}", "title": phrase, "status": error.status_code},
        status_code=error.status_code,
        headers=error.headers,
        media_type=MEDIA_TYPE,
    )


def _storage(request: Request, error: Exception) -> Response:
    original = getattr(error, "orig", error)
    if isinstance(error, DBAPIError) and sqlstate(error) in _NO_TEXT:
        return render(InvalidInput(errors=[FieldError(pointer="", message="a text holds U+0000")]))
    if isinstance(error, DBAPIError) and not is_worth_another_try(error):
        return _unexpected(request, error)
    log.error("storage not reached", error=type(original).__name__)
    return render(Unavailable(headers={"Retry-After": "5"}))


def _unexpected(_request: Request, error: Exception) -> Response:
    # Where it happened, never the message: a message may quote what was sent.
    frame, trace = None, error.__traceback__
    while trace is not None:
        frame, trace = (
            f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}",
            trace.tb_next,
        )
    log.error("unexpected", error=type(error).__name__, at=frame, exc_info=error)
    return render(Unexpected())
