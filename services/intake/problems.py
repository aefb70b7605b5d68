"""The problems that intake answers with (RFC 9457), each with a type of its own."""

from http import HTTPStatus

from shared.problems import FieldError, Problem, Unauthenticated


class ImpossibleCpr(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "impossible-cpr"
    title = "This cannot be a personal number"


class ImpossibleAge(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "impossible-age"
    title = "Nobody with this birth date can be meant"


class ContradictingAge(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "contradicting-age"
    title = "The age in the facts is not the citizen's age on that day"


class AnonymousWithCpr(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "anonymous-with-cpr"
    title = "A contact is either anonymous or has a personal number"


class ReceivedInFuture(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "received-in-future"
    title = "The contact cannot have been received more than 5 minutes from now"


class UnknownLine(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "unknown-line"
    title = "There is no such line for this channel on that day"


class ContradictingLines(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "contradicting-lines"
    title = "Two periods of lines cannot both hold at one time"


class ContactClosed(Problem):
    status = HTTPStatus.CONFLICT
    kind = "contact-closed"
    title = "The contact is closed"


class CallbackTaken(Problem):
    status = HTTPStatus.CONFLICT
    kind = "callback-taken"
    title = "Somebody else has taken the call-back"


class CallbackClosed(Problem):
    status = HTTPStatus.CONFLICT
    kind = "callback-closed"
    title = "Nobody need call back any more"


class OtherCallbacks(Problem):
    status = HTTPStatus.CONFLICT
    kind = "other-callbacks"
    title = "They are not as many as was expected; nothing was cleared"


class TooManyCallbacks(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "too-many-callbacks"
    title = "At most 2,000 call-backs are cleared at once: clear them by line or by day"


class NoSuchContact(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "no-such-contact"
    title = "The contact that is named is not there"


class BadSignature(Problem):
    status = HTTPStatus.UNAUTHORIZED
    kind = "bad-signature"
    title = "The signature does not fit the body"


class FormClosed(Unauthenticated):
    """The requests of this telephone system are refused, because no secret for it is set."""

    kind = "form-closed"
    title = "This form is closed here"

    def __init__(self, setting: str) -> None:
        super().__init__(f"DSI_{setting.upper()} is not set.")


class PostOnly(Problem):
    """These requests have a body: opening the address in a browser (GET) reports no call."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    kind = "post-only"
    title = "This form is told by POST"

    def __init__(self) -> None:
        super().__init__(headers={"Allow": "POST"})


class TooManyEvents(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "too-many-events"
    title = "At most 1,000 events are taken at once"


class AmbiguousCall(Problem):
    status = HTTPStatus.CONFLICT
    kind = "ambiguous-call"
    title = "Several exchanges have a call by this id: say which with ?source="


def at_field(pointer: str, message: str) -> list[FieldError]:
    """The `errors` of a problem with one field."""
    return [FieldError(pointer=pointer, message=message)]
