"""Opening hours and the administrations' closing days over HTTP."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.routing.opening_hours import repository, service
from services.routing.opening_hours.closing_days import AdministrationTerms, hours_of
from services.routing.opening_hours.hours import OpeningHours
from services.routing.opening_hours.schemas import AdministrationOut, DayOut, HoursOut, day_out
from services.routing.permissions import READERS
from services.routing.problems import ContradictingHours
from shared.access import allow
from shared.documents import document
from shared.etags import IfMatch
from shared.paging import Page
from shared.problems import FieldError, InvalidInput, NotFound, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Administration, Role, Unit

hours_router = APIRouter(prefix="/v1/opening-hours", tags=["opening hours"])
administrations_router = APIRouter(prefix="/v1/administrations", tags=["opening hours"])

LONGEST_PREVIEW = timedelta(days=400)
Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["office"])]
Office = Annotated[Administration, Path(examples=["SOF"])]
_ALL = allow(*READERS, Role.RULES_EDITOR)
_REFUSALS = answers(ContradictingHours, StaleVersion, VersionRequired)
_HOURS = {
    "weeks": [
        {"valid_from": "2026-01-01", "monday": ["09:00-12:00", "12:30-15:00"], "thursday": ["09:00-17:00"]}
    ],
    "days": {"2026-05-15": []},
    "inherits_closing_days": True,
}


@hours_router.get("", summary="List opening hours", dependencies=[_ALL])
async def list_opening_hours(work: Reading) -> Page[HoursOut]:
    """All of them, by code, with the queues that go by each."""
    queues = await repository.queues_by_hours(work.session)
    rows = await repository.list_hours(work.session)
    return Page(items=[HoursOut.of(row, queues.get(row.code, [])) for row in rows], next_cursor=None)


@hours_router.get(
    "/{code}",
    summary="Read opening hours",
    response_model=HoursOut,
    dependencies=[_ALL],
    responses=answers(NotFound),
)
async def read_opening_hours(code: Code, work: Reading) -> Response:
    """With their ETag."""
    row = await service.get_hours(work, code)
    queues = await repository.queues_by_hours(work.session)
    return document(HoursOut.of(row, queues.get(code, [])), version=row.edition)


@hours_router.put(
    "/{code}",
    summary="Set opening hours",
    dependencies=[allow(Role.OPERATIONS)],
    response_model=HoursOut,
    responses={201: {"model": HoursOut}, **_REFUSALS},
    openapi_extra={"requestBody": {"content": {"application/json": {"example": _HOURS}}}},
)
async def put_opening_hours(
    code: Code, hours: OpeningHours, work: Writing, if_match: IfMatch = None
) -> Response:
    """Replaces all that is under the code (when it is there, with its ETag). Valid from the next request on.

    Refused, with the field: intervals or weeks that overlap, days that are none.
    """
    row, is_new = await service.put_hours(work, code, hours, if_match)
    queues = await repository.queues_by_hours(work.session)
    hours_out = HoursOut.of(row, queues.get(code, []))
    return document(hours_out, status=201 if is_new else 200, version=row.edition)


@hours_router.get(
    "/{code}/days",
    summary="When it is open, day by day",
    dependencies=[_ALL],
    responses=answers(NotFound),
)
async def list_open_days(
    code: Code,
    work: Reading,
    first: Annotated[date, Query(alias="from", description="First day", examples=["2026-12-21"])],
    last: Annotated[date, Query(alias="to", description="Last day, included", examples=["2027-01-03"])],
    unit: Annotated[
        Unit | None,
        Query(description="With the closing days of this unit's administration", examples=["adults"]),
    ] = None,
) -> Page[DayOut]:
    """The open stretches of at most 400 days, with summer time, holidays and closing days counted in."""
    if not timedelta() <= last - first < LONGEST_PREVIEW:
        message = "must not lie before from, nor 400 days after it"
        raise InvalidInput(errors=[FieldError(pointer="/query/to", message=message)])
    row = await service.get_hours(work, code)
    belongings = () if unit is None else await repository.belongings_of(work.session, unit)
    hours = hours_of(row.definition, belongings)
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return Page(items=[day_out(day, hours) for day in days], next_cursor=None)


@administrations_router.get("", summary="List the administrations' closing days", dependencies=[_ALL])
async def list_administrations(work: Reading) -> Page[AdministrationOut]:
    """What each closes, and which units belong to it when."""
    stored = await repository.list_administrations(work.session)
    return Page(items=[AdministrationOut.of(one) for one in stored], next_cursor=None)


@administrations_router.get(
    "/{code}",
    summary="Read an administration's closing days",
    response_model=AdministrationOut,
    dependencies=[_ALL],
    responses=answers(NotFound),
)
async def read_administration(code: Office, work: Reading) -> Response:
    """With their ETag."""
    administration = await service.get_administration(work, code)
    return document(AdministrationOut.of(administration), version=administration.edition)


@administrations_router.put(
    "/{code}",
    summary="Set an administration's closing days and units",
    dependencies=[allow(Role.OPERATIONS)],
    response_model=AdministrationOut,
    responses={201: {"model": AdministrationOut}, **_REFUSALS},
)
async def put_administration(
    code: Office, terms: AdministrationTerms, work: Writing, if_match: IfMatch = None
) -> Response:
    """Replaces all that is set for it (when it is there, with its ETag). Valid from the next request on.

    Refused, with the field: a unit that would belong to two administrations on one day.
    """
    administration, is_new = await service.put_administration(work, code, terms, if_match)
    status = 201 if is_new else 200
    return document(AdministrationOut.of(administration), status=status, version=administration.edition)
