"""Figures of waits, estimates and statistics as they are answered over HTTP."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from services.routing.waits.estimate import EstimateMethod, WaitRange
from services.routing.waits.figures import ServiceLevelVariant, WaitFigures, WaitQuantile
from services.routing.waits.statistics import Compliance, Group
from services.routing.wording import estimate_text
from shared.vocabulary import Channel


class QuantileOut(BaseModel):
    """A quantile of waits. With `at_least` it is a lower bound: too many still wait to know it."""

    seconds: float = Field(examples=[142.0])
    at_least: bool = Field(examples=[False])

    @classmethod
    def of(cls, quantile: WaitQuantile | None) -> Self | None:
        return None if quantile is None else cls(seconds=quantile.seconds, at_least=quantile.lower_bound)


class ServiceLevelOut(BaseModel):
    """The share answered within the target, of those that the variant names; null when there are none.

    `answered`: of those answered. `answered_or_abandoned_late`: and of those who gave up after the target.
    `answered_or_abandoned`: and of all who gave up. `everyone_due`: of those answered, those who gave up
    after the target and those who still wait past it.
    """

    variant: ServiceLevelVariant = Field(examples=["answered_or_abandoned_late"])
    share: float | None = Field(examples=[0.82])


class WaitFiguresOut(BaseModel):
    """Counts and waits. The quantiles count those still waiting in (Kaplan-Meier)."""

    entered: int = Field(description="All of them", examples=[151])
    answered: int = Field(description="Taken by somebody", examples=[120])
    abandoned: int = Field(description="Gave up", examples=[11])
    left: int = Field(description="Left without being taken: overflowed, moved, lost", examples=[3])
    waiting: int = Field(examples=[17])
    abandonment: float | None = Field(description="Share of those answered or gone", examples=[0.084])
    p50: QuantileOut | None
    p90: QuantileOut | None
    longest_seconds: float | None = Field(examples=[1260.0])
    service_levels: list[ServiceLevelOut]

    @classmethod
    def of_waits(cls, figures: WaitFigures, **more: object) -> Self:
        """The figures of some waits; `more` are the fields of a model that has others besides."""
        levels = figures.service_levels.items()
        return cls.model_validate(
            {
                **asdict(figures),
                "p50": QuantileOut.of(figures.p50),
                "p90": QuantileOut.of(figures.p90),
                "service_levels": [{"variant": variant, "share": share} for variant, share in levels],
                **more,
            }
        )


class EstimateOut(BaseModel):
    """The wait from now, in clock time, as a range that is right with `probability`.

    All three times are null when the queue does not open again. The wait for opening is counted in.
    """

    queue: str = Field(examples=["reception-phone"])
    at: datetime
    low_seconds: float | None = Field(examples=[45.0])
    median_seconds: float | None = Field(examples=[170.0])
    high_seconds: float | None = Field(examples=[420.0])
    probability: float = Field(examples=[0.8])
    ahead: int = Field(description="How many will be taken before", examples=[1])
    seconds_until_open: float | None = Field(examples=[0.0])
    method: EstimateMethod = Field(examples=["pace"])
    observed: int = Field(description="How many observations it rests on", examples=[38])
    basis: str = Field(
        description="What it rests on and does not know, in Danish",
        examples=["Køen har endnu ingen historik; tallet bygger på den forudsatte betjeningstid. 0 foran."],
    )

    @classmethod
    def of(cls, queue: str, wait: WaitRange, now: datetime) -> Self:
        basis = estimate_text(
            wait.method,
            observed=wait.observed,
            ahead=wait.ahead,
            opens=wait.high_seconds is not None,
            waits_for_opening=bool(wait.seconds_until_open),
        )
        return cls(queue=queue, at=now, basis=basis, **asdict(wait))


class ComplianceOut(BaseModel):
    """Duties to be done in the period, also those of contacts that nobody has decided on."""

    met: int = Field(description="Done in time", examples=[41])
    missed: int = Field(
        description="Not done when due: late, overdue, or ended otherwise since", examples=[3]
    )
    stopped: int = Field(description="Ended otherwise before it was due", examples=[1])
    open: int = Field(description="Not due yet, still to be done", examples=[0])
    met_late: int = Field(description="Done late", examples=[2])
    overdue: int = Field(description="Past due, and still to be done", examples=[1])
    ended_otherwise: dict[str, int] = Field(
        description="Ended otherwise, by reason, in time or not", examples=[{"withdrawn": 1}]
    )
    share: float | None = Field(
        description="Met in time, of all that have ended or are past due; ended otherwise included",
        examples=[0.91],
    )

    @classmethod
    def of(cls, figures: Compliance) -> Self:
        return cls.model_validate(figures, from_attributes=True)


class GroupOut(WaitFiguresOut):
    """The entries made in the period, in one group; only what it is grouped by is set."""

    starts_at: datetime | None = Field(description="Start of the local hour or day")
    queue: str | None = Field(examples=["reception-phone"])
    channel: Channel | None = Field(examples=[None])
    rule: str | None = Field(None, description="The deadlines' rule", examples=[None])
    deadlines: ComplianceOut

    @classmethod
    def of(cls, group: Group) -> Self:
        return cls.of_waits(
            group.waits,
            starts_at=group.starts_at,
            queue=group.queue,
            channel=group.channel,
            rule=group.rule,
            deadlines=ComplianceOut.of(group.deadlines),
        )


class StatisticsOut(BaseModel):
    """A period as a whole and in groups. Waits are as they are at `at`."""

    model_config = ConfigDict(populate_by_name=True)

    from_: datetime = Field(alias="from")
    to: datetime
    at: datetime
    queue: str | None = Field(examples=[None])
    channel: Channel | None = Field(examples=["phone"])
    group_by: Literal["hour", "day", "queue", "channel", "rule"] | None = Field(examples=["queue"])
    total: GroupOut
    groups: list[GroupOut]
