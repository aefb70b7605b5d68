"""Opening hours and administrations as they are answered over HTTP."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from services.routing.models import HoursRow
from services.routing.opening_hours.closing_days import AdministrationTerms
from services.routing.opening_hours.hours import OpeningHours
from services.routing.opening_hours.repository import StoredAdministration
from shared.vocabulary import Administration


class HoursOut(BaseModel):
    """Opening hours under a code, and the queues that go by them."""

    code: str = Field(examples=["office"])
    edition: int = Field(description="The ETag's number", examples=[3])
    queues: list[str] = Field(examples=[["youth"]])
    hours: OpeningHours

    @classmethod
    def of(cls, row: HoursRow, queues: list[str]) -> Self:
        hours = OpeningHours.model_validate_json(row.definition)
        return cls(code=row.code, edition=row.edition, queues=queues, hours=hours)


class OpenStretch(BaseModel):
    """Open from the one moment until just before the other."""

    opens: datetime
    closes: datetime


class DayOut(BaseModel):
    """One local day. `closed_because` names the closing day or public holiday, where it is one."""

    date: date
    open: list[OpenStretch]
    closed_because: str | None = Field(examples=["Juleaftensdag"])


def day_out(day: date, hours: OpeningHours) -> DayOut:
    return DayOut(
        date=day,
        open=[OpenStretch(opens=span.opens, closes=span.closes) for span in hours.spans_on(day)],
        closed_because=hours.closed_because(day),
    )


class AdministrationOut(AdministrationTerms):
    """An administration. `edition` is the ETag's number."""

    code: Administration
    edition: int

    @classmethod
    def of(cls, stored: StoredAdministration) -> Self:
        return cls(code=stored.code, edition=stored.edition, **stored.terms.model_dump())
