"""When applications must be decided: the municipality's published deadlines as clocks of a contact."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from shared.city.applications import ApplicationArea
from shared.city.codes import Need, NeedCode, Unit, UnitCode
from shared.city.current import application_areas, city
from shared.clock import COPENHAGEN
from shared.contracts import Clock
from shared.periods import Period
from shared.working_days import add_calendar_days, add_working_days, local_date

#: How the rules of the municipality's own deadlines for applications begin; the area's code follows.
APPLICATION_RULES: Final = "application_"


def application_clocks(
    needs: Iterable[Need], age: int | None, unit: Unit, received_at: datetime
) -> list[Clock]:
    """The clocks of an application for these needs: one for each area, the one that is due first at the top.

    `unit` is where the contact is meant to go. Where it leaves open which area a need belongs to, the area
    whose deadline is first counts: an earlier answer harms nobody.
    """
    day = local_date(received_at)
    clocks: dict[str, Clock] = {}
    for need in sorted(set(needs)):
        kle = city().needs.by_code[need].kle_at(age)
        possible = areas_of(application_areas(), need, kle, unit, day)
        if possible:
            clock = min(
                (application_clock(area, received_at) for area in possible),
                key=lambda clock: (clock.due_at, clock.rule),
            )
            clocks[clock.rule] = clock
    return sorted(clocks.values(), key=lambda clock: (clock.due_at, clock.rule))


def areas_of(
    areas: Iterable[ApplicationArea], need: NeedCode, kle: str | None, unit: UnitCode, day: date
) -> Sequence[ApplicationArea]:
    """The areas that an application for this need, received that day and meant for that unit, can belong to.

    One where it is settled. Where no area is the unit's own (the reception has it, say), all that cover
    the need. Of these the narrowest only.
    """
    covering = [area for area in areas if Period.of(area).includes(day) and area.covers(need, kle)]
    fitting = [area for area in covering if unit in area.units] or covering
    narrowest = max((area.narrowness for area in fitting), default=0)
    return [area for area in fitting if area.narrowness == narrowest]


def application_clock(area: ApplicationArea, received_at: datetime) -> Clock:
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
