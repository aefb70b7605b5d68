"""Triage's own gauges. Labels never identify a citizen or a member of staff."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Gauge

from services.triage.alarms.repository import count_open_alarms
from services.triage.alarms.thresholds import AlarmKind
from services.triage.assessments import repository
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class TriageGauges:
    """The gauges, which are set whenever the metrics are read."""

    undecided: Gauge
    oldest: Gauge
    open_alarms: Gauge
    oldest_alarm: Gauge


def make_gauges(registry: CollectorRegistry) -> TriageGauges:
    """Register the gauges."""
    return TriageGauges(
        undecided=Gauge(
            "dsi_triage_undecided_assessments",
            "Assessments that wait for a person's decision, by recommended kind of destination",
            ["kind"],
            registry=registry,
        ),
        oldest=Gauge(
            "dsi_triage_oldest_undecided_seconds",
            "How long the oldest undecided assessment has waited, in seconds; 0 when none waits",
            registry=registry,
        ),
        open_alarms=Gauge(
            "dsi_triage_open_alarms",
            "Repeat alarms that no person has acknowledged, by kind",
            ["kind"],
            registry=registry,
        ),
        oldest_alarm=Gauge(
            "dsi_triage_oldest_open_alarm_seconds",
            "How long the oldest open repeat alarm has stood, in seconds; 0 when none is open",
            ["kind"],
            registry=registry,
        ),
    )


async def measure(work: UnitOfWork) -> None:
    """Set the gauges from storage."""
    gauges: TriageGauges = work.state.gauges
    counts = await repository.count_undecided(work.session)
    gauges.undecided.clear()
    for kind, (count, _) in counts.items():
        gauges.undecided.labels(kind).set(count)
    oldest = min((since for _, since in counts.values()), default=None)
    waited = 0.0 if oldest is None else (work.clock.now() - oldest).total_seconds()
    gauges.oldest.set(max(waited, 0.0))
    await _measure_alarms(work)


async def _measure_alarms(work: UnitOfWork) -> None:
    gauges, now = work.state.gauges, work.clock.now()
    found = await count_open_alarms(work.session)
    for kind in AlarmKind:
        count, oldest = found.get(kind, (0, now))
        gauges.open_alarms.labels(kind).set(count)
        gauges.oldest_alarm.labels(kind).set(max((now - oldest).total_seconds(), 0.0))
