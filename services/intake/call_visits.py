"""A call's stays in the exchange's queues, as stays in the reception's queues."""

from services.intake.call_state import Call
from services.intake.lines import Line, Lines
from shared.contracts import QueueVisit


def line_of(call: Call, lines: Lines) -> Line:
    """The line the caller chose: the one that the first queue belongs to."""
    first = call.visits[0].queue if call.visits else None
    return lines.of_telephony_queue(first, call.started_at)


def reception_visits(call: Call, lines: Lines) -> list[QueueVisit]:
    """One stay in a routing queue for each stay in the exchange; its own name is kept as the origin."""
    return [
        QueueVisit(
            position=visit.position,
            queue=lines.of_telephony_queue(visit.queue, visit.entered_at).reception_queue,
            origin=visit.queue,
            entered_at=visit.entered_at,
            left_at=visit.left_at,
            outcome=visit.outcome,
            agent=visit.agent,
        )
        for visit in call.visits
    ]
