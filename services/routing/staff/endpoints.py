"""Which units each member of staff works in, over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request

from services.routing.permissions import Reader
from services.routing.problems import FaultyStaffFile
from services.routing.staff import repository, service
from services.routing.staff.schemas import MembershipOut, MyUnits, StaffFileResult
from shared.access import Principal, allow
from shared.paging import Page
from shared.problems import answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

staff_router = APIRouter(prefix="/v1", tags=["staff"])

Operations = Annotated[Principal, allow(Role.OPERATIONS)]
_EXAMPLE = "subject,unit,valid_from,valid_to\nbo,youth,2027-01-01,\n"


@staff_router.post(
    "/staff-units",
    summary="Take a file of members of staff and their units",
    responses=answers(FaultyStaffFile),
)
async def take_staff_file(
    _who: Operations,
    work: Writing,
    text: Annotated[str, Body(media_type="text/csv", max_length=1_000_000, examples=[_EXAMPLE])],
    preview: Annotated[bool, Query(description="Only say what it would change")] = False,
) -> StaffFileResult:
    """CSV with the columns subject, unit, valid_from, valid_to. Everybody it names gets exactly these units,
    from these days on, whatever their token says; who is not named stays as they are. All of it is taken, or
    nothing.
    """
    return await service.take_file(work, text, preview=preview)


@staff_router.get("/staff-units", summary="List members of staff and their units")
async def list_staff_units(
    _who: Annotated[Principal, allow(Role.OPERATIONS, Role.AUDITOR)],
    work: Reading,
    unit: Annotated[str | None, Query(max_length=60)] = None,
    subject: Annotated[str | None, Query(max_length=255)] = None,
    on: Annotated[date | None, Query(description="Only what is valid on this day")] = None,
) -> Page[MembershipOut]:
    """At most 5,000, by subject."""
    found = await repository.list_memberships(work.session, unit=unit, subject=subject, on=on, most=5_000)
    return Page(items=[MembershipOut(**one._asdict()) for one in found], next_cursor=None)


@staff_router.get("/my-units", summary="The units you work in today")
async def read_my_units(who: Reader, request: Request, work: Reading) -> MyUnits:
    """By the staff file where it names you, else by your token."""
    found = await repository.memberships(work.session, {who.subject})
    is_named = any(one.valid_from <= request.app.state.clock.now().date() for one in found)
    return MyUnits(subject=who.subject, units=sorted(who.units), from_staff_file=is_named)
