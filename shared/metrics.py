"""What each service counts for Prometheus. No label holds a citizen or a member of staff.

Names follow Prometheus' conventions: base units (seconds), `_total` on counters.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """A registry of its own for each service, so that several can live in one process."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "dsi_http_requests",
            "HTTP requests answered, by route template and status",
            ["service", "method", "route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "dsi_http_request_duration_seconds",
            "Time from request to answer, in seconds",
            ["service", "method", "route"],
            buckets=_REQUEST_BUCKETS,
            registry=self.registry,
        )
        self.outbox = Gauge(
            "dsi_outbox_events",
            "Events in the outbox, by peer and state (waiting, dead)",
            ["service", "peer", "state"],
            registry=self.registry,
        )
        self.inbox_events = Counter(
            "dsi_inbox_events",
            "Events received from peers, by result (accepted, refused)",
            ["service", "result"],
            registry=self.registry,
        )
        self._service = service

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(self._service, method, route, str(status)).inc()
        self.request_seconds.labels(self._service, method, route).observe(seconds)

    def set_outbox(self, counts: dict[str, tuple[int, int]]) -> None:
        """`counts`: for each peer, events waiting and dead."""
        for peer, (waiting, dead) in counts.items():
            self.outbox.labels(self._service, peer, "waiting").set(waiting)
            self.outbox.labels(self._service, peer, "dead").set(dead)

    def count_received(self, results: dict[str, int]) -> None:
        """`results`: how many events of a batch were accepted and refused."""
        for result, count in results.items():
            self.inbox_events.labels(self._service, result).inc(count)

    def render(self) -> bytes:
        """The text exposition format."""
        return generate_latest(self.registry)
