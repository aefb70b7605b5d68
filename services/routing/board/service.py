"""The live board, read once for all who follow it."""

from datetime import timedelta

from services.routing.board.repository import last_called, next_tickets
from services.routing.board.schemas import BoardOut, DutyCountsOut, TicketOut
from services.routing.duties.repository import duty_counts
from services.routing.queues.schemas import QueueOut
from services.routing.units.repository import all_queues
from services.routing.waits.service import live_figures
from shared.live import Broadcast
from shared.unit_of_work import UnitOfWork, unit_of_work

#: How far back the duties are counted that ended.
COUNTED_BACK = timedelta(days=28)
#: How many tickets a screen at an entrance has room for, of those called and of those that wait.
TICKETS_ON_A_SCREEN = 8


async def read_board(work: UnitOfWork) -> BoardOut:
    """All queues with their live figures, and the tickets last called and next in line."""
    queues, now = await all_queues(work.session), work.clock.now()
    figures = await live_figures(work.session, queues, now)
    called = await last_called(work.session, TICKETS_ON_A_SCREEN)
    waiting = await next_tickets(work.session, TICKETS_ON_A_SCREEN)
    duties = await duty_counts(work.session, now - COUNTED_BACK, now)
    return BoardOut(
        at=now,
        queues=[QueueOut.of(queue, live) for queue, live in zip(queues, figures, strict=True)],
        called=[TicketOut.of(entry) for entry in called],
        waiting=[TicketOut.of(entry) for entry in waiting],
        duties=DutyCountsOut.of_all(duties),
    )


def broadcast_board(work: UnitOfWork) -> Broadcast[str]:
    """The board as JSON, made once for each change however many streams send it."""
    state = work.state

    async def read() -> str:
        async with state.database.reading() as session:
            return (await read_board(unit_of_work(state, session))).model_dump_json()

    return Broadcast(state.live, read)
