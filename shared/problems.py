"""Errors that carry their status and type (RFC 9457), rendered in one place.

A problem never repeats what was sent: a personal number typed into the wrong field must not come back
in an answer or a log.
"""

from http import HTTPStatus
from typing import Any, ClassVar

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"
_URN = "urn:dsi:problem:"


class FieldError(BaseModel):
    """What is wrong with one part of the input, named by its JSON pointer (RFC 6901)."""

    pointer: str = Field(examples=["/facts/needs/0"])
    message: str = Field(examples=["unknown need code"])


class ProblemDocument(BaseModel):
    """Problem details for HTTP APIs (RFC 9457)."""

    type: str = Field(examples=["urn:dsi:problem:not-found"])
    title: str = Field(examples=["There is nothing here by that name"])
    status: int = Field(examples=[404])
    detail: str | None = Field(None, examples=["No contact has this id."])
    errors: list[FieldError] | None = None


class Problem(Exception):
    """A request that cannot be met. Subclasses fix status, kind and title; `detail` speaks of the case."""

    status: ClassVar[int] = HTTPStatus.BAD_REQUEST
    kind: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request cannot be understood"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: list[FieldError] | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.more = more

    def document(self) -> dict[str, Any]:
        """The JSON body, with only the members that say something."""
        members = {
            "type": _URN + self.kind,
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            "errors": None if self.errors is None else [e.model_dump() for e in self.errors],
            **self.more,
        }
        return {name: value for name, value in members.items() if value is not None}


class InvalidInput(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "invalid-input"
    title = "Something in the input is not valid"


class InvalidCursor(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "invalid-cursor"
    title = "The cursor is not one that this list gave"


class Unauthenticated(Problem):
    status = HTTPStatus.UNAUTHORIZED
    kind = "unauthenticated"
    title = "Say who you are: a valid bearer token is needed"


class Forbidden(Problem):
    status = HTTPStatus.FORBIDDEN
    kind = "forbidden"
    title = "Your role may not do this"


class NotFound(Problem):
    status = HTTPStatus.NOT_FOUND
    kind = "not-found"
    title = "There is nothing here by that name"


class Conflict(Problem):
    status = HTTPStatus.CONFLICT
    kind = "conflict"
    title = "It has changed state in the meantime"


class StaleVersion(Problem):
    status = HTTPStatus.PRECONDITION_FAILED
    kind = "stale-version"
    title = "It was changed since you read it"


class VersionRequired(Problem):
    status = HTTPStatus.PRECONDITION_REQUIRED
    kind = "version-required"
    title = "Send If-Match with the ETag that you read"


class IdempotencyMismatch(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "idempotency-mismatch"
    title = "This Idempotency-Key was used with another body"


class TooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    kind = "too-large"
    title = "The body is larger than is taken here"


class Unavailable(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "unavailable"
    title = "Storage cannot be reached; nothing was stored, try again"


class Unexpected(Problem):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "unexpected"
    title = "This is our fault; it has been logged"


def answers(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that can answer with these problems, grouped by status."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        titles = by_status.get(int(problem.status), {}).get("description", "")
        example = {"type": _URN + problem.kind, "title": problem.title, "status": int(problem.status)}
        by_status[int(problem.status)] = {
            "description": f"{titles}; {problem.title}" if titles else problem.title,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                    "example": example,
                }
            },
        }
    return by_status
