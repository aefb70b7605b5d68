"""What the screen in the waiting room says of a queue."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.routing_models import Board, Queue, Ticket

#: As many numbers as can be read from five metres.
CALLED_SHOWN, NEXT_SHOWN = 4, 5


@dataclass(frozen=True)
class Screen:
    """The queue, the numbers called last with the newest first, and the next. No queue without a board."""

    queue: Queue | None
    called: Sequence[Ticket] = ()
    waiting: Sequence[Ticket] = ()


def queue_on(board: Board, code: str) -> Queue | None:
    """The queue on the board, if there is one with this code."""
    return next((queue for queue in board.queues if queue.code == code), None)


def screen_of(board: Board | None, code: str) -> Screen:
    """The screen of the queue with this code; board is None while routing does not answer."""
    if board is None:
        return Screen(None)
    return Screen(
        queue_on(board, code),
        called=[ticket for ticket in board.called if ticket.queue == code][:CALLED_SHOWN],
        waiting=[ticket for ticket in board.waiting if ticket.queue == code][:NEXT_SHOWN],
    )
