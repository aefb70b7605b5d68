"""The desk's own problems. Each is rendered as a page in Danish (error_pages.py)."""

from http import HTTPStatus
from typing import Any

from shared.problems import Problem


class SignedOut(Problem):
    status = HTTPStatus.UNAUTHORIZED
    kind = "signed-out"
    title = "Sign in first"


class Locked(Problem):
    status = HTTPStatus.UNAUTHORIZED
    kind = "locked"
    title = "The page locked itself after a while without use"


class NotFromHere(Problem):
    status = HTTPStatus.FORBIDDEN
    kind = "not-from-here"
    title = "The form is not one of ours, or its sign-in is over"


class SignInFailed(Problem):
    """The sign-in failed; `why` is the key of a text."""

    status = HTTPStatus.BAD_REQUEST
    kind = "sign-in-failed"
    title = "Signing in did not work"

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class ServiceUnreachable(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "service-unreachable"
    title = "A service does not answer"


class Refused(Problem):
    """A service refused a call. `document` is its problem document, `answer_status` its HTTP status."""

    status = HTTPStatus.CONFLICT
    kind = "refused"
    title = "A service refused it"

    def __init__(self, service: str, answer_status: int, document: dict[str, object]) -> None:
        super().__init__(str(document.get("detail") or document.get("title") or ""))
        self.service = service
        self.answer_status = answer_status
        self.answer = document

    @property
    def answer_kind(self) -> str:
        """The service's own name of the problem, e.g. `stale-version`."""
        return str(self.answer.get("type", "")).rpartition(":")[2]

    @property
    def text_key(self) -> str:
        """The problem's name as the texts spell it."""
        return self.answer_kind.replace("-", "_")

    @property
    def field_errors(self) -> list[dict[str, Any]]:
        """`pointer` and `message` of each field that the service refused."""
        errors = self.answer.get("errors")
        return errors if isinstance(errors, list) else []
