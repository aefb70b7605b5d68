"""What intake itself measures. No citizen, no caller and no member of staff stands in a label."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.intake.callbacks import repository as callbacks_repository
from services.intake.callbacks.state import OPEN
from services.intake.calls import repository as calls_repository
from services.intake.contacts import repository as contacts_repository
from services.intake.deliveries import repository as deliveries_repository
from services.intake.lines.lines import day_of
from services.intake.service_cache import lines_of
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class IntakeGauges:
    """Gauges are set just before they are read; counters count what this process did."""

    contacts: Gauge
    open_calls: Gauge
    uninterpretable: Gauge
    callbacks: Gauge
    oldest_callback: Gauge
    anonymous: Gauge
    unread: Gauge
    unconfigured: Gauge
    deliveries: Counter
    inconsistent_calls: Counter


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
            "Deliveries of telephone exchanges that are stored and set aside, by form and reason",
            ["form", "reason"],
            registry=registry,
        ),
        unread=Gauge(
            "dsi_intake_unread_deliveries",
            "Deliveries of telephone exchanges that are stored and not interpreted yet",
            registry=registry,
        ),
        unconfigured=Gauge(
            "dsi_intake_unconfigured_queues",
            "Queues of telephone exchanges that calls stood in and no line has",
            registry=registry,
        ),
        deliveries=Counter(
            "dsi_intake_deliveries",
            "Deliveries of telephone exchanges taken, by form and result (new, duplicate)",
            ["form", "result"],
            registry=registry,
        ),
        inconsistent_calls=Counter(
            "dsi_intake_inconsistent_calls",
            "Calls whose story does not add up, by what does not",
            ["kind"],
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


async def measure(work: UnitOfWork) -> None:
    """Set the gauges to what stands in storage."""
    gauges: IntakeGauges = work.state.gauges
    gauges.contacts.clear()
    for (status, channel), count in (await contacts_repository.count_unfinished(work.session)).items():
        gauges.contacts.labels(status, channel).set(count)
    gauges.open_calls.set(await calls_repository.count_open_calls(work.session))
    await _measure_deliveries(work, gauges)
    await _measure_callbacks(work, gauges)


async def _measure_deliveries(work: UnitOfWork, gauges: IntakeGauges) -> None:
    gauges.uninterpretable.clear()
    for (form, reason), count in (await deliveries_repository.count_set_aside(work.session)).items():
        gauges.uninterpretable.labels(form, reason).set(count)
    gauges.unread.set(await deliveries_repository.count_unread(work.session))
    seen = await calls_repository.unconfigured(work.session)
    lines, now = lines_of(work), work.clock.now()
    gauges.unconfigured.set(sum(not lines.is_claimed(row.queue, row.source, now) for row in seen))


async def _measure_callbacks(work: UnitOfWork, gauges: IntakeGauges) -> None:
    now = work.clock.now()
    for gauge in (gauges.callbacks, gauges.oldest_callback, gauges.anonymous):
        gauge.clear()
    first_due = dict[str, float]()
    counts = await callbacks_repository.count_callbacks(work.session, statuses=OPEN)
    for (line, status), (count, due) in counts.items():
        gauges.callbacks.labels(line, status).set(count)
        first_due[line] = max(first_due.get(line, 0.0), (now - due).total_seconds())
    for line, seconds in first_due.items():
        gauges.oldest_callback.labels(line).set(seconds)
    for (line, _), count in (await callbacks_repository.count_anonymous(work.session, day_of(now))).items():
        gauges.anonymous.labels(line).inc(count)
