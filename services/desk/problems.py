"""What can stand between a person and a page. Each is shown as a page in Danish (showing.py)."""

from http import HTTPStatus

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
    """Somebody could not be let in; `why` is a text's key."""

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
    """A service refused what was asked. `document` is its problem, `answer_status` its status."""

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
