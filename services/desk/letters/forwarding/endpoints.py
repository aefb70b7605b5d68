"""A misaddressed letter: the authority, the two letters that go with it, and sending it on."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.form import Form
from services.desk.intake_models import Contact
from services.desk.letters.forwarding.letters import (
    ELSEWHERE,
    PLACES,
    Addressee,
    addressee_of,
    faults_in,
    letters_in,
    write_letters,
)
from services.desk.letters.forwarding.service import forward
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from shared.vocabulary import Role

forwarding_router = APIRouter(prefix="/letters/{contact_id}/forward")

Receptionist = Annotated[PageRequest, signed_in(Role.RECEPTION)]


@forwarding_router.get("", name="forward")
async def choose_place(page: Receptionist, contact_id: UUID) -> Response:
    """To whom it belongs. Intake logs the access to the contact."""
    return await _page(page, contact_id, {})


@forwarding_router.post("")
async def show_letters(page: Receptionist, contact_id: UUID) -> Response:
    """The letters, written from the texts, to be corrected. What was corrected already stays as it is."""
    form = await page.form()
    to, faults = addressee_of(form, page.texts["letters"]["places"])
    if to is None:
        return await _page(page, contact_id, form.as_dict(), faults=faults)
    letters = letters_in(form)
    # Another addressee since they were written: the letters name the old one.
    if not all(letters.values()) or form.text("was") != f"{to.place} {to.name}":
        contact = await page.services.get("intake", f"/v1/contacts/{contact_id}", Contact)
        letters = write_letters(page.texts["letters"]["letters"], to, contact, page.now)
    return await _page(page, contact_id, form.as_dict(), to=to, letters=letters)


@forwarding_router.post("/print")
async def preview_print(page: Receptionist, contact_id: UUID) -> Response:
    """As they will be printed. Nothing has happened yet."""
    form = await page.form()
    to, faults = _checked(page, form)
    if to is None or faults:
        return await _again(page, contact_id, form, to, faults=faults)
    return _printed(page, contact_id, form, to, done=False)


@forwarding_router.post("/do")
async def send_on(page: Receptionist, contact_id: UUID) -> Response:
    """Decide, close, and render the letters for printing. Doing it again renders them again."""
    form = await page.form()
    to, faults = _checked(page, form)
    if to is None or faults:
        return await _again(page, contact_id, form, to, faults=faults)
    why = page.texts["letters"]["why"].format(authority=to.name)
    try:
        await forward(page.services, str(contact_id), to, why, form.text("once"))
    except Refused as refused:
        if refused.answer_status not in {409, 412, 422}:
            raise
        refusal = "name" if refused.answer_status == 422 else "changed"
        return await _again(page, contact_id, form, to, faults={}, refusal=refusal)
    return _printed(page, contact_id, form, to, done=True)


def _checked(page: PageRequest, form: Form) -> tuple[Addressee | None, dict[str, str]]:
    to, faults = addressee_of(form, page.texts["letters"]["places"])
    return to, faults | faults_in(letters_in(form))


def _printed(page: PageRequest, contact_id: UUID, form: Form, to: Addressee, *, done: bool) -> Response:
    return page.render("letter_print.html", contact_id=contact_id, to=to, letters=letters_in(form), done=done)


async def _again(
    page: PageRequest,
    contact_id: UUID,
    form: Form,
    to: Addressee | None,
    *,
    faults: dict[str, str],
    refusal: str | None = None,
) -> Response:
    """The page as it was sent, with what is wrong."""
    letters = letters_in(form)
    return await _page(
        page, contact_id, form.as_dict(), to=to, letters=letters, faults=faults, refusal=refusal
    )


async def _page(page: PageRequest, contact_id: UUID, fields: dict[str, list[str]], **more: Any) -> Response:
    contact = await page.services.get("intake", f"/v1/contacts/{contact_id}", Contact)
    context: dict[str, Any] = {"to": None, "letters": None, "faults": {}, "refusal": None} | more
    return page.render(
        "letter_forward.html",
        status=409 if context["refusal"] else 422 if context["faults"] else 200,
        contact=contact,
        fields=fields,
        places=PLACES,
        elsewhere=ELSEWHERE,
        **context,
    )
