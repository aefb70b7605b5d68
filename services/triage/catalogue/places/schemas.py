"""Services at their locations, as HSDS has them."""

from datetime import datetime
from uuid import UUID

from services.triage.catalogue.schemas import Document, PageOut, ServiceAtLocation, without_lists
from services.triage.catalogue.services.schemas import ServiceOut, service_document
from services.triage.models import OfferRow, OrganizationRow


class ServiceAtLocationOut(ServiceAtLocation):
    """A service at a location, with the service."""

    service_id: UUID
    service: ServiceOut | None = None


class PlacePage(PageOut):
    contents: list[ServiceAtLocationOut]


def place_document(
    place: Document, row: OfferRow, organization: OrganizationRow, now: datetime, *, full: bool
) -> Document:
    """The service at one location; the service does not list its locations again."""
    document = {**(place if full else without_lists(place)), "service_id": str(row.id)}
    if not full:
        return document
    service = service_document(row, organization, now, full=True)
    service.pop("service_at_locations", None)
    return {**document, "service": service}
