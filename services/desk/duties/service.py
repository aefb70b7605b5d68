"""Reading what is owed, and recording the act that ends it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from services.desk.api_clients import ApiClients
from services.desk.api_models import Listing
from services.desk.duties.acts import Attempt, ReadAct, act_of, open_of, read_act
from services.desk.form import Form
from services.desk.problems import Refused
from services.desk.routing_models import Duty
from services.desk.trace.service import find

_PAGE, _MOST_PAGES = 100, 10
#: No more are read than these: a list that is as long may lack some.
MOST_READ = _PAGE * _MOST_PAGES
OPEN_STATES = ("overdue", "running")
#: Refusals that are about the act, and not about the request: 404 for a duty that is no longer there.
_ABOUT_THE_ACT = {403, 404, 409, 422}


async def read_duties(
    services: ApiClients,
    *,
    contact_id: str | None = None,
    unit: str | None = None,
    rule: str | None = None,
    state: str | None = None,
) -> list[Duty] | None:
    """The duties, at most MOST_READ; None while routing does not have them yet."""
    found: list[Duty] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        try:
            page = await services.get(
                "routing",
                "/v1/duties",
                Listing[Duty],
                contact_id=contact_id,
                unit=unit,
                rule=rule,
                state=state,
                limit=_PAGE,
                cursor=cursor,
            )
        except Refused as refused:
            # A routing service of before the duties. No other list is allowed to be missing.
            if refused.answer_status == 404:
                return None
            raise
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


async def open_duties(
    services: ApiClients, *, unit: str | None = None, rule: str | None = None
) -> list[Duty] | None:
    """Those that still have to be met, in order of due time; None while routing does not have them yet."""
    read = await asyncio.gather(
        *(read_duties(services, unit=unit, rule=rule, state=state) for state in OPEN_STATES)
    )
    known = [one for one in read if one is not None]
    return open_of([duty for one in known for duty in one]) if known else None


async def try_act(
    services: ApiClients, form: Form, duties: Sequence[Duty] | None, duty_id: str
) -> Attempt | None:
    """Record the act that the form is of; None when it was recorded, else why it was not."""
    duty = next((one for one in duties or () if one.id == duty_id), None)
    act = None if duty is None else act_of(duty, form.text("act"))
    if duty is None or act is None:
        return Attempt(duty_id, form.as_dict(), notice="gone", status=409)
    read = await with_contact(services, read_act(form, duty, act))
    if read.faults:
        return Attempt(duty_id, form.as_dict(), read.faults)
    try:
        await services.send(
            "routing", "POST", f"/v1/duties/{duty_id}/acts", read.body, once=form.text("once")
        )
    except Refused as refused:
        return refusal(read, form, refused)
    return None


def refusal(read: ReadAct, form: Form, refused: Refused) -> Attempt:
    """Why routing did not take the act, at its field where it names one. Raises what is no answer to it."""
    if refused.answer_status not in _ABOUT_THE_ACT:
        raise refused
    if refused.answer_status == 403:
        return Attempt(read.duty.id, form.as_dict(), notice="forbidden", status=403)
    if refused.answer_status != 422:
        return Attempt(read.duty.id, form.as_dict(), notice="gone", status=409)
    pointers = [str(error.get("pointer", "")) for error in refused.field_errors]
    faults = {read.field_at(pointer): "refused" for pointer in pointers or [""]}
    return Attempt(read.duty.id, form.as_dict(), faults)


async def with_contact(services: ApiClients, read: ReadAct) -> ReadAct:
    """The act with the other contact's id in place of its reference, which is a fault when none has it."""
    key = read.contact_key
    if key is None or read.contact is None:
        return read
    found = await find(services, read.body[key])
    if found is None:
        return replace(read, faults=read.faults | {read.name_of(read.contact.name): "no_such_contact"})
    return replace(read, body=read.body | {key: found})
