"""Triage's own gauges. No citizen and no member of staff stands in a label."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Gauge

from services.triage import repository
from shared.work import Work


@dataclass(frozen=True)
class TriageGauges:
    """Set just before they are read."""

    undecided: Gauge
    oldest: Gauge


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
    )


async def measure(work: Work) -> None:
    """Set the gauges to what stands in storage."""
    gauges: TriageGauges = work.state.gauges
    counts = await repository.count_undecided(work.session)
    gauges.undecided.clear()
    for kind, (count, _) in counts.items():
        gauges.undecided.labels(kind).set(count)
    oldest = min((since for _, since in counts.values()), default=None)
    waited = 0.0 if oldest is None else (work.clock.now() - oldest).total_seconds()
    gauges.oldest.set(max(waited, 0.0))
