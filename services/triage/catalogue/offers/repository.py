"""The catalogue's offers as matching reads them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.offers.offer import Ages, Offer
from services.triage.models import OfferRow, OrganizationRow
from shared.database import table_of

ORGANIZATIONS = table_of(OrganizationRow)
OFFERS = table_of(OfferRow)

#: The columns that matching reads; the documents are many times larger and not needed for it.
_MATCHED = (
    "id",
    "name",
    "kind",
    "needs",
    "step",
    "valid_from",
    "valid_to",
    "open",
    "capacity",
    "districts",
    "languages",
    "hours",
    "source",
)


async def read_offers(session: AsyncSession) -> tuple[Offer, ...]:
    """All offers of the catalogue, by name."""
    rows = await session.execute(
        select(
            *(OFFERS.c[name] for name in _MATCHED),
            OFFERS.c.first_age,
            OFFERS.c.last_age,
            ORGANIZATIONS.c.name.label("organization"),
        )
        .join(ORGANIZATIONS, ORGANIZATIONS.c.id == OFFERS.c.organization_id)
        .order_by(OFFERS.c.name, OFFERS.c.id)
    )
    return tuple(_offer(dict(row)) for row in rows.mappings())


def _offer(row: dict[str, Any]) -> Offer:
    ages = Ages.model_validate({"from": row.pop("first_age"), "to": row.pop("last_age")})
    return Offer.model_validate({**row, "ages": ages})
