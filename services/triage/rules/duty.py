"""What is owed to a citizen as it is written in a rule set: the second table, beside the rows.

Every duty that holds applies, whatever row decided; the rows say only where the contact goes.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from services.triage.rules.conditions import Condition
from services.triage.strict import Strict
from shared.vocabulary import Administration, Need, Urgency

CareWarning = Literal[
    "do_not_inform_parents",
    "talk_with_child_alone",
    "reassess_by_another",
    "risk_assessment_first",
    "act_where_the_child_is",
    "transition_due",
    "no_identity_registration",
]

#: Least urgent first.
URGENCIES = (Urgency.NORMAL, Urgency.PROMPT, Urgency.DAY, Urgency.ACUTE)

#: Short, because reasons name a duty as `C:<code>`.
DutyCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

#: What a reason's rule begins with when it is a duty and not a row.
DUTY_PREFIX = "C:"


class ApplicationNeeds(Strict):
    """Needs that are applications, when the condition is true: these, or all others `besides` these."""

    needs: tuple[Need, ...] | None = Field(None, min_length=1)
    besides: tuple[Need, ...] | None = Field(None, min_length=1)
    when: Condition | None = None

    @model_validator(mode="after")
    def _exactly_one_list(self) -> Self:
        if (self.needs is None) == (self.besides is None):
            raise ValueError("exactly one of needs and besides must stand")
        return self

    @property
    def meant(self) -> frozenset[Need]:
        """The needs that may be applications."""
        if self.needs is not None:
            return frozenset(self.needs)
        return frozenset(Need) - frozenset(self.besides or ())


class ApplicationClock(Strict):
    """The published deadline of each area that the citizen's applications are in."""

    application_area_of: tuple[ApplicationNeeds, ...] = Field(min_length=1)


def _clock_kind(clock: Any) -> str:
    # Without a discriminator pydantic would report one fault once for each kind that it is not.
    return "application" if isinstance(clock, dict | ApplicationClock) else "named"


#: A clock that the rule set defines, by its name, or that of the citizen's applications.
DutyClock = Annotated[
    Annotated[str, Tag("named")] | Annotated[ApplicationClock, Tag("application")], Discriminator(_clock_kind)
]


class Duty(Strict):
    """Something that is owed whenever its condition is true: an urgency, clocks, warnings."""

    code: DutyCode
    title: str = Field(min_length=1, max_length=200)
    source: str
    when: Condition
    urgency: Urgency | None = None
    clocks: tuple[DutyClock, ...] = ()
    warnings: tuple[CareWarning, ...] = ()
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _owes_something(self) -> Self:
        if self.urgency is None and not self.clocks and not self.warnings:
            raise ValueError("a duty gives an urgency, a clock or a warning")
        return self

    @property
    def named_clocks(self) -> tuple[str, ...]:
        """The names of its clocks, without those of an application."""
        return tuple(clock for clock in self.clocks if isinstance(clock, str))

    @property
    def applications(self) -> tuple[ApplicationNeeds, ...]:
        """Which needs are applications, where a clock of it is that of their areas."""
        clocks = [clock for clock in self.clocks if isinstance(clock, ApplicationClock)]
        return tuple(part for clock in clocks for part in clock.application_area_of)


class OtherAdministration(Strict):
    """Needs that belong to another administration, when the condition is true."""

    administration: Administration
    needs: tuple[Need, ...] = Field(min_length=1)
    when: Condition | None = None
