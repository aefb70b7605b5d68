"""Traces: a contact's whole history on one page, opened with a purpose that intake writes down."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.desk.problems import Refused
from services.desk.rendering import services_of, show
from services.desk.session import Session
from services.desk.trace.service import Asking, gather
from services.desk.trace.timeline import timeline
from services.desk.visitor import Form, form_of, visitor
from shared.vocabulary import Role

trace_router = APIRouter(prefix="/trace")

Looker = Annotated[Session, visitor(Role.AUDITOR, Role.OPERATIONS, Role.RECEPTION, Role.CASEWORKER)]
LEAST_PURPOSE, MOST_PURPOSE = 3, 200


@trace_router.get("", name="trace")
async def ask_which(request: Request, session: Looker) -> Response:
    """Which contact, and why."""
    return _ask(request, session)


@trace_router.post("")
async def find_and_show(request: Request, session: Looker) -> Response:
    """The contact with this reference. The page is the answer: no address tells the purpose."""
    form = await form_of(request)
    reference, purpose = form.text("reference"), _purpose_of(form)
    if reference is None or purpose is None:
        faults = {"reference": reference is None, "purpose": purpose is None}
        return _ask(request, session, form=form, faults=faults)
    asking = Asking(services_of(request, session), purpose)
    try:
        found = await asking.find(reference)
    except Refused as refused:
        if refused.answer_status != 422:
            raise
        found = []
    if not found:
        return _ask(request, session, form=form, faults={"nobody": True})
    return await _history(request, session, asking, found[0]["id"])


@trace_router.get("/{contact_id}", name="trace_contact")
async def ask_why(request: Request, session: Looker, contact_id: UUID) -> Response:
    """The purpose first: nothing is shown, and nothing logged, before it is said."""
    return _ask(request, session, contact_id=contact_id)


@trace_router.post("/{contact_id}")
async def show_history(request: Request, session: Looker, contact_id: UUID) -> Response:
    """The history of this contact."""
    form = await form_of(request)
    purpose = _purpose_of(form)
    if purpose is None:
        return _ask(request, session, contact_id=contact_id, form=form, faults={"purpose": True})
    asking = Asking(services_of(request, session), purpose)
    return await _history(request, session, asking, str(contact_id))


def _purpose_of(form: Form) -> str | None:
    """The purpose in words; None unless it is one of the list, or 3 to 200 letters of one's own.

    It travels as a header, which knows the letters of Western Europe and no others.
    """
    own = " ".join((form.text("own_purpose") or "").split())
    purpose = own or form.text("purpose") or ""
    try:
        purpose.encode("latin-1")
    except UnicodeEncodeError:
        return None
    fits = LEAST_PURPOSE <= len(purpose) <= MOST_PURPOSE and purpose.isprintable()
    return purpose if fits else None


def _ask(
    request: Request,
    session: Session,
    *,
    contact_id: UUID | None = None,
    form: Form | None = None,
    faults: dict[str, bool] | None = None,
) -> Response:
    return show(
        request,
        "trace_ask.html",
        session,
        status=422 if faults else 200,
        contact_id=contact_id,
        filled=form or Form([]),
        faults=faults or {},
        least=LEAST_PURPOSE,
        most=MOST_PURPOSE,
    )


async def _history(request: Request, session: Session, asking: Asking, contact_id: str) -> Response:
    history = await gather(asking, session, contact_id)
    needs = await asking.get("triage", "/v1/needs")
    return show(
        request,
        "trace.html",
        session,
        history=history,
        contact=history.contact,
        steps=timeline(history),
        needs={need["code"]: need["label"] for need in needs["items"]},
        person=_person(history.contact),
    )


def _person(contact: dict[str, Any]) -> dict[str, Any] | None:
    """Who it is about, when the service told; None for roles without a task with the person."""
    citizen = contact["citizen"]
    told = {name: citizen[name] for name in ("name", "cpr", "age") if citizen[name] is not None}
    return told or None
