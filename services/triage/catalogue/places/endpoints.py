"""The places where offers are (HSDS service_at_location)."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.triage.access import ANY_ROLE
from services.triage.catalogue.endpoints import (
    NDJSON,
    Filtered,
    Format,
    Full,
    Nearby,
    Paged,
    json_response,
    list_response,
)
from services.triage.catalogue.places import repository, service
from services.triage.catalogue.places.schemas import PlacePage, ServiceAtLocationOut, place_document
from services.triage.problems import NoCentre
from shared.problems import NotFound, answers
from shared.unit_of_work import Reading

places_router = APIRouter(prefix="/v1/service_at_locations", tags=["services"])


@places_router.get(
    "",
    summary="The places where offers are",
    response_model=PlacePage,
    dependencies=ANY_ROLE,
    responses=NDJSON | answers(NoCentre),
)
async def list_service_at_locations(
    *,
    work: Reading,
    filters: Filtered,
    page: Paged,
    near: Nearby,
    full: Full = False,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """With a postcode: only those whose service area may hold it; with a distance too, only those near it.

    A postcode's middle is the middle of the places that the catalogue knows there.
    """
    total, rows = await service.list_places(work, filters, page, near)
    now = work.clock.now()
    contents = [place_document(place, offer, owner, now, full=full) for place, offer, owner in rows]
    return list_response(contents, total, page, format)


@places_router.get(
    "/{place_id}",
    summary="Read a service at its location",
    response_model=ServiceAtLocationOut,
    dependencies=ANY_ROLE,
    responses=answers(NotFound),
)
async def read_service_at_location(place_id: UUID, work: Reading) -> Response:
    """The service at one location, both whole."""
    for place, offer, owner in await repository.read_places(work.session, [place_id]):
        return json_response(place_document(place, offer, owner, work.clock.now(), full=True))
    raise NotFound("No offer is at a place with this id.")
