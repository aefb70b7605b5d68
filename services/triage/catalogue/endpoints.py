"""What a list of the catalogue can be asked for, in the words of the standard."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel

from services.triage.catalogue.services.repository import Near, Slice, Wanted
from shared.access import allow
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Role
from shared.working_days import local_date

EVERYBODY = [
    allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR, Role.SERVICE)
]


def _in_utc(moment: datetime) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


#: A moment as others write it in a query: the standard demands no offset.
Instant = Annotated[datetime, AfterValidator(_in_utc)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="Which page, counted from 1")]
PerPage = Annotated[int, Query(ge=1, le=500, description="At most so many entries a page")]
Format = Annotated[
    Literal["json", "ndjson"], Query(description="`ndjson`: all of them, one a line, without pages")
]
Full = Annotated[bool, Query(description="Nested whole, with every detail")]
Search = Annotated[
    str | None, Query(max_length=200, description="Words of name, description or organisation")
]
TermId = Annotated[UUID | None, Query(description="With this term")]
TaxonomyId = Annotated[UUID | None, Query(description="With some term of this taxonomy")]


def page_of(page: PageNumber = 1, per_page: PerPage = 50, format: Format = "json") -> Slice:  # noqa: A002
    """The page that is asked for; without pages, all of it."""
    return Slice(1, 0) if format == "ndjson" else Slice(page, per_page)


def wanted_of(
    search: Search = None,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    organization_id: Annotated[UUID | None, Query(description="Of this organisation")] = None,
    modified_after: Annotated[
        Instant | None, Query(description="Changed at this moment or later; without an offset: UTC")
    ] = None,
) -> Wanted:
    """The filters that services and their locations have in common; all must hold."""
    return Wanted(
        search=search,
        taxonomy_term_id=taxonomy_term_id,
        taxonomy_id=taxonomy_id,
        organization_id=organization_id,
        modified_after=modified_after,
    )


def near_of(
    postcode: Annotated[
        str | None, Query(pattern=r"^[0-9]{4}$", description="Only what serves this postcode")
    ] = None,
    proximity: Annotated[
        float | None,
        Query(ge=0, le=1_000_000, description="With `postcode`: at most so many metres from its middle"),
    ] = None,
) -> Near | None:
    """Where it must be near; without a postcode a distance says nothing."""
    return None if postcode is None else Near(postcode, proximity)


Paged = Annotated[Slice, Depends(page_of)]
Filtered = Annotated[Wanted, Depends(wanted_of)]
Nearby = Annotated[Near | None, Depends(near_of)]


def narrowed(wanted: Wanted, **more: object) -> Wanted:
    """The same, and more besides."""
    return replace(wanted, **more)  # type: ignore[arg-type]  # the fields' own types are checked by the callers


def today_of(work: UnitOfWork) -> date:
    """The day in Copenhagen."""
    return local_date(work.clock.now())


#: What a list can answer beside a page: one document a line.
LINES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
}


def made_new(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """What a writing answers beside 200: 201 where there was nothing by that id."""
    return {201: {"model": model}}
