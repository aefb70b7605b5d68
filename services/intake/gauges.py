"""Intake's own metrics. No label has a citizen, a caller or a member of staff."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge


@dataclass(frozen=True)
class IntakeGauges:
    """Gauges are set from storage just before they are read; counters count what this process did."""

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
    """Create the metrics in a registry of Prometheus."""
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
