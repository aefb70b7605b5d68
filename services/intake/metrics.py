"""Intake's own gauges. No citizen, no caller and no member of staff stands in a label."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Gauge

from services.intake import call_repository, repository
from shared.work import Work


@dataclass(frozen=True)
class IntakeGauges:
    """Set just before they are read."""

    contacts: Gauge
    open_calls: Gauge
    uninterpretable: Gauge


def make_gauges(registry: CollectorRegistry) -> IntakeGauges:
    """Register the gauges."""
    return IntakeGauges(
        contacts=Gauge(
            "dsi_intake_unfinished_contacts",
            "Contacts that are not closed, by status and channel",
            ["status", "channel"],
            registry=registry,
        ),
        open_calls=Gauge("dsi_intake_open_calls", "Calls whose caller may still be there", registry=registry),
        uninterpretable=Gauge(
            "dsi_intake_uninterpretable_deliveries",
            "Deliveries of telephone exchanges that were stored without being understood",
            registry=registry,
        ),
    )


async def measure(work: Work) -> None:
    """Set the gauges to what stands in storage."""
    gauges: IntakeGauges = work.state.gauges
    gauges.contacts.clear()
    for (status, channel), count in (await repository.count_unfinished(work.session)).items():
        gauges.contacts.labels(status, channel).set(count)
    gauges.open_calls.set(await call_repository.count_open_calls(work.session))
    gauges.uninterpretable.set(await call_repository.count_uninterpretable(work.session))
