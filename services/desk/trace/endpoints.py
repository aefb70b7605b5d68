"""A contact's whole history on one page, opened with a purpose that intake writes down."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.form import Form
from services.desk.page_request import PageRequest, signed_in
from services.desk.trace.purpose import LEAST_PURPOSE, MOST_PURPOSE, purpose_of
from services.desk.trace.service import find, need_names, read_history
from services.desk.trace.timeline import timeline
from shared.vocabulary import Role

trace_router = APIRouter(prefix="/trace")

Reader = Annotated[PageRequest, signed_in(Role.AUDITOR, Role.OPERATIONS, Role.RECEPTION, Role.CASEWORKER)]


@trace_router.get("", name="trace")
async def choose_contact(page: Reader) -> Response:
    """Which contact, and why."""
    return _form(page)


@trace_router.post("")
async def find_contact(page: Reader) -> Response:
    """The contact with this reference. The page is the answer: the purpose is in no address."""
    form = await page.form()
    reference, purpose = form.text("reference"), purpose_of(form)
    if reference is None or purpose is None:
        faults = {"reference": reference is None, "purpose": purpose is None}
        return _form(page, form=form, faults=faults)
    contact_id = await find(page.services.with_purpose(purpose), reference)
    if contact_id is None:
        return _form(page, form=form, faults={"nobody": True})
    return await _history(page, purpose, contact_id)


@trace_router.get("/{contact_id}", name="trace_contact")
async def give_purpose(page: Reader, contact_id: UUID) -> Response:
    """The purpose first: nothing is read, and nothing logged, before it is given."""
    return _form(page, contact_id=contact_id)


@trace_router.post("/{contact_id}")
async def show_history(page: Reader, contact_id: UUID) -> Response:
    """The history of this contact."""
    form = await page.form()
    purpose = purpose_of(form)
    if purpose is None:
        return _form(page, contact_id=contact_id, form=form, faults={"purpose": True})
    return await _history(page, purpose, str(contact_id))


def _form(
    page: PageRequest,
    *,
    contact_id: UUID | None = None,
    form: Form | None = None,
    faults: dict[str, bool] | None = None,
) -> Response:
    return page.render(
        "trace_ask.html",
        status=422 if faults else 200,
        contact_id=contact_id,
        filled=form or Form([]),
        faults=faults or {},
        least=LEAST_PURPOSE,
        most=MOST_PURPOSE,
    )


async def _history(page: PageRequest, purpose: str, contact_id: str) -> Response:
    services = page.services.with_purpose(purpose)
    history = await read_history(services, page.session, contact_id)
    citizen = history.contact.citizen
    # Roles without a task with the person receive none of these from intake.
    person = {"name": citizen.name, "cpr": citizen.cpr, "age": citizen.age}
    return page.render(
        "trace.html",
        history=history,
        contact=history.contact,
        steps=timeline(history),
        needs=await need_names(services),
        person={name: value for name, value in person.items() if value is not None},
    )
