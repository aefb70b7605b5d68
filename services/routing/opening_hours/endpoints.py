"""Opening hours and the administrations' closing days over HTTP."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from services.routing.models import HoursRow
from services.routing.opening_hours import repository
from services.routing.opening_hours.closing_days import AdministrationOut, AdministrationTerms, hours_of
from services.routing.opening_hours.hours import OpeningHours
from services.routing.permissions import READERS
from services.routing.problems import ContradictingHours
from shared.access import allow
from shared.etags import IfMatch, etag
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


class HoursOut(BaseModel):
    """Opening hours under a code, and the queues that go by them."""

    code: str = Field(examples=["office"])
    edition: int = Field(description="The ETag's number", examples=[3])
    queues: list[str] = Field(examples=[["youth"]])
    hours: OpeningHours


class OpenStretch(BaseModel):
    """Open from the one moment until just before the other."""

    opens: datetime
    closes: datetime


class DayOut(BaseModel):
    """One local day. `closed_because` names the closing day or public holiday, where it is one."""

    date: date
    open: list[OpenStretch]
    closed_because: str | None = Field(examples=["Juleaftensdag"])


def _out(row: HoursRow, queues: list[str]) -> HoursOut:
    hours = OpeningHours.model_validate_json(row.definition)
    return HoursOut(code=row.code, edition=row.edition, queues=queues, hours=hours)


def _json(shown: HoursOut | AdministrationOut, *, new: bool = False) -> Response:
    headers = {"ETag": etag(shown.edition)}
    return Response(shown.model_dump_json(), 201 if new else 200, headers, media_type="application/json")


@hours_router.get("", summary="List opening hours", dependencies=[_ALL])
async def list_opening_hours(work: Reading) -> Page[HoursOut]:
    """All of them, by code, with the queues that go by each."""
    queues = await repository.queues_by_hours(work.session)
    rows = await repository.read_hours(work.session)
    return Page(items=[_out(row, queues.get(row.code, [])) for row in rows], next_cursor=None)


@hours_router.get(
    "/{code}",
    summary="Read opening hours",
    response_model=HoursOut,
    dependencies=[_ALL],
    responses=answers(NotFound),
)
async def read_opening_hours(code: Code, work: Reading) -> Response:
    """With their ETag."""
    row = await repository.get_hours(work.session, code)
    queues = await repository.queues_by_hours(work.session)
    return _json(_out(row, queues.get(code, [])))


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
    """All of what stands under the code (when it is there, with its ETag). It holds from the next request on.

    Refused, with the field: intervals or weeks that overlap, days that are none.
    """
    row, is_new = await repository.put_hours(work, code, hours, if_match)
    queues = await repository.queues_by_hours(work.session)
    return _json(_out(row, queues.get(code, [])), new=is_new)


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
    row = await repository.get_hours(work.session, code)
    belongings = () if unit is None else await repository.belongings_of(work.session, unit)
    hours = hours_of(row.definition, belongings)
    days = [
        DayOut(
            date=day,
            open=[OpenStretch(opens=span.opens, closes=span.closes) for span in hours.spans_on(day)],
            closed_because=hours.closed_because(day),
        )
        for day in repository.days_between(first, last)
    ]
    return Page(items=days, next_cursor=None)


@administrations_router.get("", summary="List the administrations' closing days", dependencies=[_ALL])
async def list_administrations(work: Reading) -> Page[AdministrationOut]:
    """What each closes, and which units belong to it when."""
    return Page(items=await repository.read_administrations(work.session), next_cursor=None)


@administrations_router.get(
    "/{code}",
    summary="Read an administration's closing days",
    response_model=AdministrationOut,
    dependencies=[_ALL],
    responses=answers(NotFound),
)
async def read_administration(code: Office, work: Reading) -> Response:
    """With their ETag."""
    for one in await repository.read_administrations(work.session):
        if one.code is code:
            return _json(one)
    raise NotFound("Nothing is set for this administration.")


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
    """All of what is set for it (when it is there, with its ETag). It holds from the next request on.

    Refused, with the field: a unit that would belong to two administrations on one day.
    """
    one, is_new = await repository.put_administration(work, code, terms, if_match)
    return _json(one, new=is_new)
