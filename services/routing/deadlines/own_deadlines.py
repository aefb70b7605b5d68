"""Deadlines that the municipality set itself: for applications, by area, and for sending contacts on.

Retssikkerhedsloven § 3 has each municipality publish how soon it decides applications. An area covers some
units, or only some KLE numbers in them; the narrower one wins. It applies to what is received between two
days, both included.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.routing.states import APPLICATION_RULES, FORWARDING
from shared.clock import COPENHAGEN
from shared.contracts import Clock, ContactTriaged
from shared.periods import Period
from shared.problems import FieldError
from shared.vocabulary import Channel, DestinationKind, Unit
from shared.working_days import add_calendar_days, add_working_days, local_date

KleNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$")]


class AreaTerms(BaseModel):
    """What applies in one period of an area. Weeks run through holidays; working days are office time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120, examples=["Støtte i egen bolig"])
    units: frozenset[Unit] = Field(min_length=1, examples=[["adults", "youth"]])
    kle: frozenset[KleNumber] = Field(
        frozenset(), description="Only applications with these numbers; none: all", examples=[["27.36.12"]]
    )
    weeks: int | None = Field(None, ge=1, le=104, examples=[8])
    working_days: int | None = Field(None, ge=1, le=500, examples=[None])
    legal_basis: str = Field(min_length=1, max_length=200, examples=["retssikkerhedsloven § 3, stk. 2"])
    valid_to: date | None = Field(None, description="Its last day", examples=[None])

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.weeks is None) == (self.working_days is None):
            raise ValueError("exactly one of weeks and working_days must be given")
        return self


class Area(AreaTerms):
    """An area in one period. `edition` is the number of the change that made it."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=40)]
    valid_from: date
    edition: int = 0


def own_clocks(
    event: ContactTriaged, areas: Iterable[Area], *, forwarding_days: int, forwarding_basis: str
) -> list[Clock]:
    """The municipality's own deadlines for a contact that was decided so; at most one.

    `forwarding_days` are working days; `forwarding_basis` is written in the place of a legal basis.
    """
    kind, received_at = event.destination.kind, event.received_at
    if kind is DestinationKind.OTHER_AUTHORITY and event.channel is Channel.WRITTEN:
        return [
            Clock(
                rule=FORWARDING,
                starts_at=received_at,
                due_at=add_working_days(received_at, forwarding_days, saturdays=False),
                legal_basis=forwarding_basis,
                paused_when_closed=True,
            )
        ]
    # Only what is known to be an application has a deadline for its decision; advice has none.
    if kind is not DestinationKind.UNIT or event.applies_for_measure is not True:
        return []
    area = area_of(areas, event.destination.unit, event.kle, received_at)
    return [] if area is None else [application_clock(area, received_at)]


def area_of(areas: Iterable[Area], unit: Unit, kle: str | None, received_at: datetime) -> Area | None:
    """The area of an application: one for its very number before one for all of the unit."""
    day = local_date(received_at)
    fitting = [
        area
        for area in areas
        if Period.of(area).includes(day) and unit in area.units and (not area.kle or kle in area.kle)
    ]
    return max(fitting, key=lambda area: bool(area.kle), default=None)


def application_clock(area: Area, received_at: datetime) -> Clock:
    """The clock of an application received then: due at the end of its last day."""
    if area.working_days is not None:
        due_at = add_working_days(received_at, area.working_days, saturdays=False)
    else:
        last_day = local_date(add_calendar_days(received_at, 7 * (area.weeks or 1)))
        due_at = datetime.combine(last_day, time(23, 59, 59), COPENHAGEN).astimezone(UTC)
    return Clock(
        rule=APPLICATION_RULES + area.code.replace("-", "_"),
        starts_at=received_at.astimezone(UTC),
        due_at=due_at,
        legal_basis=area.legal_basis,
        # Weeks run through holidays, as the law's own periods do; working days are office time.
        paused_when_closed=area.working_days is not None,
    )


def conflicts_of(area: Area, others: Iterable[Area]) -> list[FieldError]:
    """Why this period of an area contradicts `others`: one application would have two deadlines."""
    conflicts = []
    if Period.of(area).is_reversed:
        conflicts.append(FieldError(pointer="/valid_to", message="lies before valid_from"))
    for other in others:
        if Period.of(area).overlaps(Period.of(other)):
            conflicts += _conflicts_at_one_time(area, other)
    return conflicts


def _conflicts_at_one_time(area: Area, other: Area) -> Iterator[FieldError]:
    if area.code == other.code:
        yield FieldError(
            pointer="/valid_to", message=f"the period from {other.valid_from} holds at the same time"
        )
        return
    units = area.units & other.units
    same_numbers = area.kle & other.kle if area.kle and other.kle else not area.kle and not other.kle
    if units and same_numbers:
        message = f"{other.code} from {other.valid_from} covers {', '.join(sorted(units))} in the same way"
        yield FieldError(pointer="/kle" if area.kle else "/units", message=message)
