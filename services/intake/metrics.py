"""Intake's own gauges. No citizen, no caller and no member of staff stands in a label."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Gauge

from services.intake import call_repository, callback_repository, repository
from services.intake.callbacks import OPEN
from services.intake.lines import day_of
from shared.work import Work


@dataclass(frozen=True)
class IntakeGauges:
    """Set just before they are read."""

    contacts: Gauge
    open_calls: Gauge
    uninterpretable: Gauge
    callbacks: Gauge
    oldest_callback: Gauge
    anonymous: Gauge


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
        callbacks=Gauge(
            "dsi_intake_open_callbacks",
            "Call-backs to be made, by line and status (waiting, taken)",
            ["line", "status"],
            registry=registry,
        ),
        oldest_callback=Gauge(
            "dsi_intake_oldest_callback_seconds",
            "Seconds since the call-back that is due first was due, by line",
            ["line"],
            registry=registry,
        ),
        anonymous=Gauge(
            "dsi_intake_anonymous_callers_gave_up",
            "Callers without a number who gave up today, by line",
            ["line"],
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
    await _measure_callbacks(work, gauges)


async def _measure_callbacks(work: Work, gauges: IntakeGauges) -> None:
    now = work.clock.now()
    for gauge in (gauges.callbacks, gauges.oldest_callback, gauges.anonymous):
        gauge.clear()
    first_due = dict[str, float]()
    counts = await callback_repository.count_callbacks(work.session, statuses=OPEN)
    for (line, status), (count, due) in counts.items():
        gauges.callbacks.labels(line, status).set(count)
        first_due[line] = max(first_due.get(line, 0.0), (now - due).total_seconds())
    for line, seconds in first_due.items():
        gauges.oldest_callback.labels(line).set(seconds)
    for (line, _), count in (await callback_repository.count_anonymous(work.session, day_of(now))).items():
        gauges.anonymous.labels(line).inc(count)
