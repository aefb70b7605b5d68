"""Deadlines that the municipality set itself: for applications, by area, and for sending contacts on.

The areas are `shared/city/applications.py`; what a change of them must not contradict is here.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import Field

from services.routing.states import FORWARDING
from shared.application_clocks import application_clock
from shared.city.applications import ApplicationArea, AreaTerms
from shared.contracts import Clock, ContactTriaged
from shared.periods import Period
from shared.problems import FieldError
from shared.vocabulary import Channel, DestinationKind, Need, Unit
from shared.working_days import add_working_days, local_date


class AreaTermsIn(AreaTerms):
    """As `AreaTerms`, with units and needs that there are."""

    units: frozenset[Unit] = Field(min_length=1, examples=[["adults", "youth"]])
    needs: frozenset[Need] = Field(
        frozenset(),
        description="Only applications for these needs; none: all",
        examples=[["support_at_home"]],
    )


class Area(ApplicationArea):
    """An area in one period. `edition` is the number of the change that made it."""

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
    if units and _share(area.needs, other.needs) and _share(area.kle, other.kle):
        message = f"{other.code} from {other.valid_from} covers {', '.join(sorted(units))} in the same way"
        yield FieldError(pointer="/kle" if area.kle else "/units", message=message)


def _share(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether an application can be in both, and neither is the narrower one."""
    return bool(some & others) if some and others else not some and not others
