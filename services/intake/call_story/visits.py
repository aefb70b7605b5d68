"""A call's stays in the exchange's queues, as stays in the reception's queues."""

from collections.abc import Iterable
from datetime import datetime

from services.intake.call_story.state import Call, Visit
from services.intake.lines.lines import Line, Lines
from services.intake.phones.seats import NO_SEATS, Seats
from shared.contracts import QueueVisit
from shared.phone_numbers import normalised_phone

_MOVED_ON = {"overflowed", "transferred"}


def line_of(call: Call, lines: Lines, source: str | None = None) -> Line:
    """The line the caller chose, as it was then: by the first queue, or the number that was called."""
    first = call.visits[0].queue if call.visits else None
    called = normalised_phone(call.called)
    return lines.of_telephony_queue(first, call.started_at, source=source, called=called)


def unconfigured_queues(calls: Iterable[Call], lines: Lines, source: str) -> dict[str, datetime]:
    """Queues of these calls that no line has, each with the latest moment that a caller entered it."""
    seen: dict[str, datetime] = {}
    for call in calls:
        for visit in call.visits:
            if visit.queue is not None and not lines.is_claimed(visit.queue, source, visit.entered_at):
                seen[visit.queue] = max(visit.entered_at, seen.get(visit.queue, visit.entered_at))
    return seen


def reception_visits(
    call: Call, lines: Lines, source: str | None = None, seats: Seats = NO_SEATS
) -> list[QueueVisit]:
    """One stay in a routing queue for each stay in the exchange, whose own queue is its origin.

    A caller whom the exchange put in no queue, or who left one for an unknown place, still waits somewhere:
    that stay is in the line's own queue until more is known, so that every caller is in some queue.
    """
    called = normalised_phone(call.called)

    def line_in(visit: Visit) -> Line:
        return lines.of_telephony_queue(visit.queue, visit.entered_at, source=source, called=called)

    visits = [
        QueueVisit(
            position=visit.position,
            queue=line_in(visit).reception_queue,
            origin=visit.queue,
            entered_at=visit.entered_at,
            left_at=visit.left_at,
            outcome=visit.outcome,
            agent=visit.agent,
            employee=_employee(seats, visit),
        )
        for visit in call.visits
    ]
    if is_queue_unknown(call):
        visits.append(_visit_to_unknown_queue(call, line_of(call, lines, source), len(visits) + 1))
    return visits


def _employee(seats: Seats, visit: Visit) -> str | None:
    """The employee who answered, where one had taken that agent's phone."""
    answered = visit.outcome == "answered" and visit.left_at is not None
    return seats.subject_at(visit.agent, visit.left_at) if answered and visit.left_at else None


def is_queue_unknown(call: Call) -> bool:
    """Whether the exchange has not reported in which queue the caller is, or was at the end."""
    return not call.visits or call.visits[-1].outcome in _MOVED_ON


def _visit_to_unknown_queue(call: Call, line: Line, position: int) -> QueueVisit:
    last = call.visits[-1] if call.visits else None
    entered_at = call.started_at if last is None else last.left_at or last.entered_at
    visit = QueueVisit(position=position, queue=line.reception_queue, entered_at=entered_at)
    answer = call.talks[0] if call.talks and last is None else None
    if answer is not None:
        more = {"left_at": answer.started_at, "outcome": "answered", "agent": answer.agent}
    elif call.gone_at is not None:
        more = {"left_at": call.gone_at, "outcome": "lost" if call.gone_by == "lost" else "abandoned"}
    else:
        more = {}
    return visit.model_copy(update=more)
