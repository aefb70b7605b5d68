"""One entry of an inbox: its contact and recommendation, where it has been, and the steps with it."""

import asyncio
import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.desk.api_models import Listing
from services.desk.contact.service import newest_assessment
from services.desk.duties.acts import Attempt, ReadAct, chosen_acts, open_of
from services.desk.duties.permissions import may_act
from services.desk.duties.service import read_duties, try_act, with_contact
from services.desk.form import Form
from services.desk.inbox.endpoints import Code, Colleague
from services.desk.inbox.steps import OUTCOMES, REASON_CODES, body_of, steps_of
from services.desk.intake_models import Contact
from services.desk.page_request import PageRequest
from services.desk.problems import Refused
from services.desk.routing_models import Entry, EntryWithTrail, Queue

entry_router = APIRouter(prefix="/inbox/{code}/entries")
#: A place in the acts that are sent with the completing of an entry.
_DUTY_POINTER = re.compile(r"/duties/(\d+)(?:/.*)?$")
_STEPS = frozenset({"take", "release", "complete", "return", "transfer"})
Rule = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9_]+$")]


@entry_router.get("/{entry}", name="entry")
async def show_entry(page: Colleague, code: Code, entry: UUID) -> Response:
    """The entry with its contact. Intake logs the access."""
    return await _page(page, code, entry)


async def _page(page: PageRequest, code: str, entry: UUID, *, status: int = 200, **more: Any) -> Response:
    services = page.services
    # Routing first: it refuses another unit's entry before anything is read of the contact.
    found = await services.get("routing", f"/v1/entries/{entry}", EntryWithTrail)
    queues = (await services.get("routing", "/v1/queues", Listing[Queue])).items
    queue = next(queue for queue in queues if queue.code == found.queue)
    contact, assessment, duties = await asyncio.gather(
        services.get("intake", f"/v1/contacts/{found.contact_id}", Contact),
        newest_assessment(services, found.contact_id),
        read_duties(services, contact_id=found.contact_id),
    )
    context: dict[str, Any] = {"fields": {}, "faults": {}, "step": None, "refused": None} | more
    context.setdefault("attempt", None)
    return page.render(
        "inbox_entry.html",
        status=status,
        code=code,
        entry=found,
        queue=queue,
        queues=[one for one in queues if one.code != found.queue],
        may=steps_of(page.session, queue),
        outcomes=OUTCOMES,
        reason_codes=REASON_CODES,
        contact=contact,
        assessment=assessment,
        duties=duties,
        open_duties=open_of(duties),
        duties_path=f"/inbox/{code}/entries/{entry}/duties",
        may_act=lambda duty: may_act(page.session, duty),
        **context,
    )


@entry_router.post("/{entry}/{step}")
async def move_entry(page: Colleague, code: Code, entry: UUID, step: str) -> Response:
    """Take it, put it back, end it, send it back or on. A form that lacks something comes back filled in."""
    if step not in _STEPS:
        return page.not_found()
    form = await page.form()
    if step == "complete":
        return await _complete(page, code, entry, form)
    body, faults = body_of(step, form)
    sent = {"fields": form.as_dict(), "step": step}
    if faults:
        return await _page(page, code, entry, status=422, faults=faults, **sent)
    try:
        await page.services.send("routing", "POST", f"/v1/entries/{entry}/{step}", body or None)
    except Refused as refused:
        return await _refused(page, code, entry, refused, **sent)
    if step == "take":
        return page.redirect(f"/inbox/{code}/entries/{entry}")
    return page.redirect(f"/inbox/{code}?did={step}")


async def _complete(page: PageRequest, code: str, entry: UUID, form: Form) -> Response:
    """End it, with the acts that were chosen for its duties; those not chosen go on without an entry."""
    services = page.services
    contact_id = (await services.get("routing", f"/v1/entries/{entry}", Entry)).contact_id
    duties = await read_duties(services, contact_id=contact_id)
    acts = [await with_contact(services, read) for read in chosen_acts(form, duties or ())]
    body, faults = body_of("complete", form)
    sent: dict[str, Any] = {"fields": form.as_dict(), "step": "complete"}
    if act_faults := {name: fault for read in acts for name, fault in read.faults.items()}:
        sent["attempt"] = Attempt("", form.as_dict(), act_faults)
    if faults or act_faults:
        return await _page(page, code, entry, status=422, faults=faults, **sent)
    chosen = {"duties": [{"id": read.duty.id, **read.body} for read in acts]} if acts else {}
    try:
        await services.send("routing", "POST", f"/v1/entries/{entry}/complete", {**body, **chosen})
    except Refused as refused:
        if attempt := _of_acts(acts, form, refused):
            return await _page(page, code, entry, status=422, **{**sent, "attempt": attempt})
        return await _refused(page, code, entry, refused, **sent)
    return page.redirect(f"/inbox/{code}?did=complete")


def _of_acts(acts: list[ReadAct], form: Form, refused: Refused) -> Attempt | None:
    """The faults of the acts by field, when it is one of them that routing refused."""
    faults: dict[str, str] = {}
    for error in refused.field_errors if refused.answer_status == 422 else ():
        match = _DUTY_POINTER.search(str(error.get("pointer", "")))
        if match and int(match[1]) < len(acts):
            faults[acts[int(match[1])].field_at(match[0])] = "refused"
    return Attempt("", form.as_dict(), faults) if faults else None


async def _refused(page: PageRequest, code: str, entry: UUID, refused: Refused, **sent: Any) -> Response:
    """The entry as it is now, with why the step was refused and all that was typed."""
    if refused.answer_status == 422:
        faults = {"reason": "bad_reason"} if refused.answer_kind != "unknown-queue" else {"queue": "no_queue"}
        return await _page(page, code, entry, status=422, faults=faults, **sent)
    if refused.answer_status != 409:
        raise refused
    return await _page(page, code, entry, status=409, refused=refused.text_key, **sent)


@entry_router.post("/{entry}/clocks/{rule}/meet")
async def meet_clock(page: Colleague, code: Code, entry: UUID, rule: Rule) -> Response:
    """A deadline is met while the work goes on."""
    try:
        await page.services.send("routing", "POST", f"/v1/entries/{entry}/clocks/{rule}/meet")
    except Refused as refused:
        # 404: it was met a moment ago, perhaps in another tab; the page no longer has it running.
        if refused.answer_status != 404:
            return await _refused(page, code, entry, refused)
    return page.redirect(f"/inbox/{code}/entries/{entry}")


@entry_router.post("/{entry}/duties/{duty}")
async def act_on_duty(page: Colleague, code: Code, entry: UUID, duty: UUID) -> Response:
    """What was owed is done, or is no longer owed; the page has it with who and when."""
    contact_id = (await page.services.get("routing", f"/v1/entries/{entry}", Entry)).contact_id
    duties = await read_duties(page.services, contact_id=contact_id)
    attempt = await try_act(page.services, await page.form(), duties, str(duty))
    if attempt is not None:
        return await _page(page, code, entry, status=attempt.status, attempt=attempt)
    return page.redirect(f"/inbox/{code}/entries/{entry}#duty-{duty}")
