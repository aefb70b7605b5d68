"""What exchanges tell, over HTTP: one door for all forms. Answered once it is on disk."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from services.intake.delivery_store import service
from services.intake.delivery_store.schemas import CallEvents, Receipt
from services.intake.problems import BadSignature, FormClosed, PostOnly, TooManyEvents
from services.intake.webhooks.dependencies import AnyForm, Canonical, Told
from shared.group_commit import Grouped, GroupWriting
from shared.problems import Forbidden, InvalidInput, NotFound, Unauthenticated, answers

telephony_router = APIRouter(prefix="/v1/telephony", tags=["telephony"])

_ANSWERS = answers(Unauthenticated, BadSignature, FormClosed, Forbidden, TooManyEvents, InvalidInput)

FormName = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,39}$", examples=["asterisk"])]
Tail = Annotated[str, Path(description="Where a form has several URLs: which", examples=["answered"])]


@telephony_router.post("/events", summary="Tell of call events", status_code=202, responses=_ANSWERS)
async def take_call_events(told: Canonical, events: CallEvents, grouped: Grouped) -> Receipt:
    """In canonical form, signed (Standard Webhooks) or with a token. Answered once stored.

    The same delivery (`source`, `delivery_id`) told again changes nothing, however late; order does not
    matter. A list with one wrong event in it is refused whole, with nothing stored.
    """
    # `events` is read to refuse what is none; what is kept is what came.
    return await service.take(grouped, told.form.name, told.form.deliveries(told.incoming))


async def _taken(told: Told, grouped: GroupWriting) -> Any:
    receipt = await service.take(grouped, told.form.name, told.form.deliveries(told.incoming))
    return told.form.answer(told.incoming) or receipt


async def tell_in_form(form: FormName, told: AnyForm, grouped: Grouped) -> Any:
    """A telephone system's own form, with its own proof of who tells; docs/telephony.md has them all.

    Whatever came is stored; what cannot be understood is kept, counted and shown, and read again after a
    fix. The same delivery told again changes nothing.
    """
    return await _taken(told, grouped)


async def tell_in_form_at(form: FormName, tail: Tail, told: AnyForm, grouped: Grouped) -> Any:
    """The same, for forms that have several URLs."""
    return await _taken(told, grouped)


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


#: Most vendors tell by POST alone; what they tell must not be in an address, where it would be logged.
_OF_METHOD: dict[str, dict[int | str, dict[str, Any]]] = {"GET": answers(PostOnly), "POST": {}}


def add_form_routes(router: APIRouter) -> None:
    """Add the routes of all forms; after those with names of their own, which they would hide."""
    ways = (("/{form}", tell_in_form, ""), ("/{form}/{tail:path}", tell_in_form_at, ", at one of its URLs"))
    for path, endpoint, which in ways:
        for method in ("POST", "GET"):
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                name=f"{endpoint.__name__}_by_{method.lower()}",
                summary=f"Tell in a telephone system's own form{which} ({method})",
                status_code=202,
                response_model=Receipt,
                responses={**answers(NotFound), **_ANSWERS, **_OF_METHOD[method]},
                openapi_extra=_ANY_BODY if method == "POST" else None,
            )
