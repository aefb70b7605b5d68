"""Services of HSDS as they are answered, with the city's own fields beside the standard's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.triage.catalogue.offers.hours import Hours
from services.triage.catalogue.offers.offer import Capacity
from services.triage.catalogue.schemas import Document, PageOut, Service, without_lists
from services.triage.models import CatalogueChange, OfferRow, OrganizationRow
from services.triage.rules.case import OLDEST
from shared.city.needs import Step
from shared.vocabulary import Need
from shared.working_days import local_date


class EligibilityOut(BaseModel):
    """Whom an offer takes; both ages are included, null means no limit."""

    minimum_age: int | None = Field(examples=[18])
    maximum_age: int | None = Field(examples=[None])
    needs: list[Need]
    districts: list[int] | None = Field(None, description="The bydele it is for; null: the whole city")


class ServiceOut(Service):
    """A service of HSDS, and beside it what the city keeps of an offer."""

    kind: Literal["low_threshold", "self_referral"]
    step: Step
    eligibility: EligibilityOut
    capacity: Capacity | None = None
    open_now: bool | None = Field(
        None, description="By its weekly hours, this minute; null where no hours are known"
    )


class ServiceMark(BaseModel):
    """A service as `minimal` lists it: that it is there, and when it changed last."""

    id: UUID
    last_modified: str
    modified_date: str


class ServicePage(PageOut):
    """Services. `items` and `next_cursor` say the same in the form of the other lists of this API."""

    contents: list[ServiceOut | ServiceMark]
    items: list[ServiceOut] | None = Field(None, deprecated=True)
    next_cursor: str | None = Field(None, deprecated=True)


def service_document(row: OfferRow, organization: OrganizationRow, now: datetime, *, full: bool) -> Document:
    """The service today: outside its validity it is not active, whatever its own status is."""
    document = row.document if full else without_lists(row.document)
    day = local_date(now)
    valid = (row.valid_from is None or row.valid_from <= day) and (
        row.valid_to is None or day <= row.valid_to
    )
    return {
        **document,
        "status": "inactive" if document["status"] == "active" and not valid else document["status"],
        "last_modified": row.modified_at.isoformat(),
        "organization": organization.document if full else without_lists(organization.document),
        "kind": row.kind,
        "step": row.step,
        "eligibility": {
            "minimum_age": row.first_age or None,
            "maximum_age": None if row.last_age == OLDEST else row.last_age,
            "needs": row.needs,
            "districts": row.districts,
        },
        "valid_from": row.valid_from and row.valid_from.isoformat(),
        "valid_to": row.valid_to and row.valid_to.isoformat(),
        "capacity": row.capacity,
    }


def service_document_now(
    row: OfferRow, organization: OrganizationRow, now: datetime, *, full: bool
) -> Document:
    """The same, with whether it is open at this moment."""
    document = service_document(row, organization, now, full=full)
    hours = [Hours.model_validate(each) for each in row.hours]
    open_now = any(each.open_at(now) for each in hours) if hours else None
    return {**document, "open_now": open_now if document["status"] == "active" else False}


def service_mark(row: OfferRow) -> Document:
    """That the service is there, and when it changed last."""
    moment = row.modified_at.isoformat()
    # `modified_date` is in the standard's description of `minimal`, `last_modified` in its schema.
    return {"id": str(row.id), "modified_date": moment, "last_modified": moment}


def metadata_of(changes: Sequence[CatalogueChange]) -> list[Document]:
    """The trail as the standard writes it. The author is named by role; the name stays in the trail."""
    return [
        {
            "id": str(change.id),
            "resource_id": str(change.resource_id),
            "resource_type": change.resource_type,
            "last_action_date": change.at.date().isoformat(),
            "last_action_type": change.action,
            "field_name": field["field"],
            "previous_value": field["before"],
            "replacement_value": field["after"],
            "updated_by": change.role if change.source is None else f"import: {change.source}",
        }
        for change in changes
        for field in change.fields
    ]
