"""What is owed to a citizen: the duties that hold, with their clocks, warnings and texts.

It follows from the facts alone, not from the row that decides, and it never waits for an answer: a duty that
depends on a missing fact is one that may hold. The clocks begin when the contact was received.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.triage.recommendations.reasons import because, given_facts
from services.triage.recommendations.schemas import AlsoNeeded, OwedDuty, Reason
from services.triage.rules.case import Case, needs_of
from services.triage.rules.clocks import ClockRule
from services.triage.rules.duty import DUTY_PREFIX, URGENCIES, CareWarning
from services.triage.rules.duty_book import CompiledDuty, DutyBook
from shared.application_clocks import application_clocks
from shared.contracts import Clock, Destination
from shared.vocabulary import Channel, Unit, Urgency


def owed_duties(
    book: DutyBook, clock_rules: dict[str, ClockRule], case: Case, unit: Unit, received_at: datetime
) -> tuple[OwedDuty, ...]:
    """Every duty that holds or may hold for this case, in the order of the rule set.

    What made it hold is worked out only where it does: most duties that may hold never will.
    """
    return tuple(
        OwedDuty(
            code=compiled.duty.code,
            holds="true" if holds else "may",
            urgency=compiled.duty.urgency,
            clocks=_clocks(compiled, clock_rules, case, unit, received_at, holds=holds),
            warnings=compiled.duty.warnings,
            text=compiled.duty.reason,
            because=given_facts(because(compiled.test, case), case) if holds else {},
        )
        for compiled, holds in book.owed(case)
    )


def _clocks(
    compiled: CompiledDuty,
    clock_rules: dict[str, ClockRule],
    case: Case,
    unit: Unit,
    received_at: datetime,
    *,
    holds: bool,
) -> tuple[Clock, ...]:
    named = tuple(clock_rules[name].start(name, received_at) for name in compiled.named_clocks)
    if not compiled.applications:
        return named
    needs = needs_of(compiled.needs_applied_for(case, possibly=not holds))
    return (*named, *application_clocks(needs, case.age, unit, received_at))


@dataclass(frozen=True, slots=True)
class Owed:
    """What the duties that hold for certain give together: the highest urgency, all clocks and warnings."""

    urgency: Urgency
    clocks: tuple[Clock, ...]
    warnings: tuple[CareWarning, ...]
    reasons: tuple[Reason, ...]


NOTHING = Owed(Urgency.NORMAL, (), (), ())


def owed_together(duties: Sequence[OwedDuty]) -> Owed:
    """The sum of the duties that hold; a clock that several give runs once."""
    holding = [duty for duty in duties if duty.holds == "true"]
    if not holding:
        return NOTHING
    urgencies = [duty.urgency for duty in holding if duty.urgency is not None]
    return Owed(
        urgency=max(urgencies, key=URGENCIES.index, default=Urgency.NORMAL),
        clocks=tuple({clock.rule: clock for duty in holding for clock in duty.clocks}.values()),
        warnings=tuple(warning for duty in holding for warning in duty.warnings),
        reasons=tuple(
            Reason(rule=f"{DUTY_PREFIX}{duty.code}", text=duty.text, because=duty.because) for duty in holding
        ),
    )


def also_needed(
    book: DutyBook, case: Case, channel: Channel, destination: Destination
) -> tuple[AlsoNeeded, ...]:
    """What other administrations must be asked about, beside the place where the contact goes.

    A letter is forwarded, a person guided. There is nothing where another municipality must act.
    """
    if case.in_municipality is False:
        return ()
    return tuple(
        AlsoNeeded(
            administration=administration,
            needs=needs_of(needs),
            how="forwarded" if channel is Channel.WRITTEN else "guided",
        )
        for administration, needs in book.needs_of_others(case).items()
        if administration is not destination.administration
    )
