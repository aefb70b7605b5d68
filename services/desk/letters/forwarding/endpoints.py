"""A misaddressed letter: to whom, the two letters that go with it, and that it was done."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.desk.letters.forwarding.service import (
    ELSEWHERE,
    LETTERS,
    MOST_LETTER,
    PLACES,
    Forwarding,
    forward,
    read_forwarding,
    write_letters,
)
from services.desk.problems import Refused
from services.desk.rendering import services_of, show
from services.desk.session import Session
from services.desk.visitor import Form, form_of, visitor
from shared.vocabulary import Role

forwarding_router = APIRouter(prefix="/letters/{contact_id}/forward")

Receptionist = Annotated[Session, visitor(Role.RECEPTION)]


@forwarding_router.get("", name="forward")
async def choose_place(request: Request, session: Receptionist, contact_id: UUID) -> Response:
    """To whom it belongs. The look at the contact is logged by intake."""
    return await _page(request, session, contact_id, {})


@forwarding_router.post("")
async def show_letters(request: Request, session: Receptionist, contact_id: UUID) -> Response:
    """The letters, written from the texts, to be put right. What was put right already is kept as it is."""
    form = await form_of(request)
    to, faults = read_forwarding(form, _names(request))
    if to is None:
        return await _page(request, session, contact_id, form.as_dict(), faults=faults)
    letters = _letters(form)
    if not all(letters.values()) or form.text("was") != f"{to.place} {to.name}":
        contact = await services_of(request, session).get("intake", f"/v1/contacts/{contact_id}")
        letters = write_letters(_texts(request)["letters"], to, contact, request.app.state.clock.now())
    return await _page(request, session, contact_id, form.as_dict(), to=to, letters=letters)


@forwarding_router.post("/print")
async def show_for_print(request: Request, session: Receptionist, contact_id: UUID) -> Response:
    """As they will be printed. Nothing has happened yet."""
    form = await form_of(request)
    to, faults = _ready(request, form)
    if to is None or faults:
        return await _again(request, session, contact_id, form=form, to=to, faults=faults)
    return show(
        request,
        "letter_print.html",
        session,
        contact_id=contact_id,
        to=to,
        letters=_letters(form),
        done=False,
    )


@forwarding_router.post("/do")
async def send_on(request: Request, session: Receptionist, contact_id: UUID) -> Response:
    """Decide, close, and show the letters for printing. Doing it again shows them again."""
    form = await form_of(request)
    to, faults = _ready(request, form)
    if to is None or faults:
        return await _again(request, session, contact_id, form=form, to=to, faults=faults)
    why = _texts(request)["why"].format(authority=to.name)
    try:
        await forward(services_of(request, session), str(contact_id), to, why, form.text("once"))
    except Refused as refused:
        if refused.answer_status not in {409, 412, 422}:
            raise
        refusal = "name" if refused.answer_status == 422 else "changed"
        return await _again(request, session, contact_id, form=form, to=to, faults={}, refusal=refusal)
    return show(
        request, "letter_print.html", session, contact_id=contact_id, to=to, letters=_letters(form), done=True
    )


async def _page(
    request: Request, session: Session, contact_id: UUID, fields: dict[str, list[str]], **more: Any
) -> Response:
    contact = await services_of(request, session).get("intake", f"/v1/contacts/{contact_id}")
    shown: dict[str, Any] = {"to": None, "letters": None, "faults": {}, "refusal": None} | more
    status = 409 if shown["refusal"] else 422 if shown["faults"] else 200
    return show(
        request,
        "letter_forward.html",
        session,
        status=status,
        contact=contact,
        fields=fields,
        places=PLACES,
        elsewhere=ELSEWHERE,
        **shown,
    )


async def _again(
    request: Request,
    session: Session,
    contact_id: UUID,
    *,
    form: Form,
    to: Forwarding | None,
    faults: dict[str, str],
    refusal: str | None = None,
) -> Response:
    """The page as it was sent, with what stands against it."""
    more = {"to": to, "letters": _letters(form), "faults": faults, "refusal": refusal}
    return await _page(request, session, contact_id, form.as_dict(), **more)


def _ready(request: Request, form: Form) -> tuple[Forwarding | None, dict[str, str]]:
    to, faults = read_forwarding(form, _names(request))
    for letter, text in _letters(form).items():
        if not text:
            faults[letter] = "no_letter"
        elif len(text) > MOST_LETTER:
            faults[letter] = "long_letter"
    return to, faults


def _letters(form: Form) -> dict[str, str]:
    # A browser sends line ends as CRLF; the letters are kept as they were written.
    return {letter: (form.text(letter) or "").replace("\r\n", "\n") for letter in LETTERS}


def _texts(request: Request) -> Any:
    return request.app.state.texts["letters"]


def _names(request: Request) -> dict[str, str]:
    names: dict[str, str] = _texts(request)["places"]
    return names
