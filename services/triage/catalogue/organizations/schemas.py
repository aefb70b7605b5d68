"""Organisations of HSDS as they are answered."""

from collections.abc import Sequence

from pydantic import Field

from services.triage.catalogue.schemas import Document, Organization, PageOut, without_lists
from services.triage.catalogue.services.schemas import ServiceOut
from services.triage.models import OrganizationRow


class OrganizationOut(Organization):
    """An organisation of HSDS; with `full` its services."""

    services: list[ServiceOut] = Field(default_factory=list)


class OrganizationPage(PageOut):
    contents: list[OrganizationOut]


def organization_document(row: OrganizationRow, services: Sequence[Document] | None) -> Document:
    """The organisation whole with its services; without them, its fields that have one value."""
    return without_lists(row.document) if services is None else {**row.document, "services": list(services)}
