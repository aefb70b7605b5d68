"""What the live board shows, read once for all who look at it. It names nobody."""

from services.routing.entries.repository import last_called, next_tickets
from services.routing.models import EntryRow
from services.routing.presenting import queue_out
from services.routing.schemas import BoardOut, TicketOut
from services.routing.units.repository import all_queues
from services.routing.waits.service import live_figures
from shared.live import Broadcast
from shared.unit_of_work import UnitOfWork, unit_of_work

#: How many tickets a screen at an entrance has room for, of those called and of those who wait.
TICKETS_SHOWN = 8


async def read_board(work: UnitOfWork) -> BoardOut:
    """All queues with their live figures, and the tickets last called and next in line."""
    queues, now = await all_queues(work.session), work.clock.now()
    figures = await live_figures(work.session, queues, now)
    return BoardOut(
        at=now,
        queues=[queue_out(queue, live) for queue, live in zip(queues, figures, strict=True)],
        called=[_ticket(entry) for entry in await last_called(work.session, TICKETS_SHOWN)],
        waiting=[_ticket(entry) for entry in await next_tickets(work.session, TICKETS_SHOWN)],
    )


def _ticket(entry: EntryRow) -> TicketOut:
    return TicketOut(
        ticket=entry.ticket or "",
        queue=entry.queue,
        entered_at=entry.entered_at,
        called_at=entry.taken_at and (entry.called_at or entry.taken_at),
        counter=entry.counter,
        calls=entry.calls,
    )


def broadcast_board(work: UnitOfWork) -> Broadcast[str]:
    """The board as JSON, made once at each change however many look."""
    state = work.state

    async def read() -> str:
        async with state.database.reading() as session:
            return (await read_board(unit_of_work(state, session))).model_dump_json()

    return Broadcast(state.live, read)
