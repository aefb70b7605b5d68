"""What exchanges send, over HTTP, in any form. A request is answered once its deliveries are stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from services.intake.delivery_store import service
from services.intake.delivery_store.schemas import CallEvents, Receipt
from services.intake.problems import BadSignature, FormClosed, PostOnly, TooManyEvents
from services.intake.webhooks.dependencies import AdmittedRequest, CanonicalRequest, FormRequest
from shared.group_commit import Grouped, GroupWriting
from shared.problems import Forbidden, InvalidInput, NotFound, Unauthenticated, answers

telephony_router = APIRouter(prefix="/v1/telephony", tags=["telephony"])

_ANSWERS = answers(Unauthenticated, BadSignature, FormClosed, Forbidden, TooManyEvents, InvalidInput)

FormName = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,39}$", examples=["asterisk"])]
Tail = Annotated[str, Path(description="Where a form has several URLs: which", examples=["answered"])]


@telephony_router.post("/events", summary="Send call events", status_code=202, responses=_ANSWERS)
async def receive_call_events(admitted: CanonicalRequest, events: CallEvents, grouped: Grouped) -> Receipt:
    """In canonical form, signed (Standard Webhooks) or with a token. Answered once stored.

    The same delivery (`source`, `delivery_id`) sent again changes nothing, however late; order does not
    matter. A list with one wrong event in it is refused whole, with nothing stored.
    """
    # `events` is validated only to refuse what is no call event; what is stored is the body as it came.
    return await service.receive(grouped, admitted.form.name, admitted.deliveries())


async def _receive(admitted: AdmittedRequest, grouped: GroupWriting) -> Any:
    receipt = await service.receive(grouped, admitted.form.name, admitted.deliveries())
    answer = admitted.form.answer(admitted.request)
    return receipt if answer is None else Response(answer.text, media_type=answer.media_type)


async def receive_in_form(form: FormName, admitted: FormRequest, grouped: Grouped) -> Any:
    """A telephone system's own form, with its own proof of the sender; docs/telephony.md has them all.

    Whatever came is stored; what cannot be understood is kept, counted and listed, and read again after a
    fix. The same delivery sent again changes nothing.
    """
    return await _receive(admitted, grouped)


async def receive_in_form_at(form: FormName, tail: Tail, admitted: FormRequest, grouped: Grouped) -> Any:
    """The same, for forms that have several URLs."""
    return await _receive(admitted, grouped)


_EXAMPLE = "1795312303|pbx-1795312303.0|socialservice|NONE|ENTERQUEUE||4520000001|1\n"
_ANY_BODY = {
    "requestBody": {
        "content": {
            "text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE},
            "application/json": {"schema": {}, "example": {"event": "newCall"}},
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object"},
                "example": {"event": "newCall"},
            },
        }
    }
}


#: Most forms are POST only: a caller's number in an address would be logged on the way.
_METHOD_ANSWERS: dict[str, dict[int | str, dict[str, Any]]] = {"GET": answers(PostOnly), "POST": {}}


def add_form_routes(router: APIRouter) -> None:
    """Add the routes of all forms; last, since their paths also match those of the other routes."""
    routes = (
        ("/{form}", receive_in_form, ""),
        ("/{form}/{tail:path}", receive_in_form_at, ", at one of its URLs"),
    )
    for path, endpoint, which in routes:
        for method in ("POST", "GET"):
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                name=f"{endpoint.__name__}_by_{method.lower()}",
                summary=f"Send in a telephone system's own form{which} ({method})",
                status_code=202,
                response_model=Receipt,
                responses={**answers(NotFound), **_ANSWERS, **_METHOD_ANSWERS[method]},
                openapi_extra=_ANY_BODY if method == "POST" else None,
            )
