"""Routing's own metrics for Prometheus. Labels are codes: of queues, rules and states."""

from collections import Counter

from prometheus_client import CollectorRegistry, Gauge, Histogram

from services.routing.board.service import COUNTED_BACK
from services.routing.duties.repository import duty_counts
from services.routing.states import OPEN_STATUSES, EntryStatus
from services.routing.tasks.repository import count_open_tasks
from services.routing.units.repository import all_queues
from services.routing.waits.repository import open_counts, past_due_counts
from shared.unit_of_work import UnitOfWork

#: The upper ends of the histogram's buckets: half a minute on the telephone, weeks in a unit's queue.
_SECONDS = (30, 60, 120, 300, 600, 1800, 3600, 14400, 86400, 259200, 604800, 1209600)


class QueueMetrics:
    """The gauges and the histogram, in the service's registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.entries = Gauge(
            "dsi_queue_entries",
            "Open entries of a queue, by state: waiting for somebody, or taken by somebody",
            ["queue", "state"],
            registry=registry,
        )
        self.oldest_wait = Gauge(
            "dsi_queue_oldest_wait_seconds",
            "How long the one who has waited longest has waited, in seconds; 0 when nobody waits",
            ["queue"],
            registry=registry,
        )
        self.past_due = Gauge(
            "dsi_queue_past_due_entries",
            "Waiting entries whose earliest deadline, or the queue's own target without one, has passed",
            ["queue"],
            registry=registry,
        )
        self.is_open = Gauge(
            "dsi_queue_open",
            "Whether the queue is open by its opening hours: 1 or 0",
            ["queue"],
            registry=registry,
        )
        self.clocks = Gauge(
            "dsi_clocks",
            "Duties by rule: those that run now (running, overdue), also without an open entry, and those "
            "due in the last 28 days that ended (met, met_late, ended_otherwise with its reason)",
            ["rule", "state", "reason"],
            registry=registry,
        )
        self.tasks = Gauge(
            "dsi_open_tasks",
            "Written notices with a new date that missed deadlines ask for and nobody has sent",
            ["queue"],
            registry=registry,
        )
        self.wait = Histogram(
            "dsi_queue_wait_seconds",
            "Waits that ended by somebody taking the entry in this process, in seconds. Those who still wait "
            "are not in it: see the service's own figures for quantiles that count them",
            ["queue"],
            buckets=_SECONDS,
            registry=registry,
        )

    def observe_wait(self, queue: str, seconds: float) -> None:
        self.wait.labels(queue).observe(seconds)


async def _measure_clocks(work: UnitOfWork, metrics: QueueMetrics) -> None:
    now = work.clock.now()
    metrics.clocks.clear()
    for one in await duty_counts(work.session, now - COUNTED_BACK, now):
        metrics.clocks.labels(one.rule, one.state, one.reason or "").set(one.number)
    metrics.tasks.clear()
    for queue, count in (await count_open_tasks(work.session)).items():
        metrics.tasks.labels(queue).set(count)


async def measure(work: UnitOfWork) -> None:
    """Set the gauges to what is true now."""
    metrics: QueueMetrics = work.state.queue_metrics
    now = work.clock.now()
    counts: Counter[tuple[str, str]] = Counter()
    oldest: dict[str, float] = {}
    for queue, status, count, since in await open_counts(work.session):
        counts[queue, status] = count
        if status == EntryStatus.WAITING:
            oldest[queue] = max((now - since).total_seconds(), 0.0)
    await _measure_clocks(work, metrics)
    past_due = await past_due_counts(work.session, now)
    for configured in await all_queues(work.session):
        code = configured.code
        for status in OPEN_STATUSES:
            metrics.entries.labels(code, status).set(counts[code, status])
        metrics.oldest_wait.labels(code).set(oldest.get(code, 0.0))
        metrics.past_due.labels(code).set(past_due.get(code, 0))
        metrics.is_open.labels(code).set(configured.hours.is_open(now))
