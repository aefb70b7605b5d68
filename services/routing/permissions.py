"""Who may do what with which queue, and with an entry that an employee has taken.

Caseworkers work in the queues of their own units, the reception in its own; operations may move entries that
are in the wrong queue but do no casework. A queue's figures name no one and are for all staff.
"""

from typing import Annotated

from services.routing.models import EntryRow, QueueRow
from services.routing.problems import EntryClosed, NotTaken, TakenByAnother
from services.routing.states import EntryStatus
from shared.access import Principal, allow
from shared.problems import Forbidden
from shared.vocabulary import Role, Unit

#: Roles that may read something of a queue's entries; which queues, `demand_sight` decides.
READERS = (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.AUDITOR, Role.SERVICE)
#: Roles that take entries and work with them.
WORKERS = (Role.RECEPTION, Role.CASEWORKER)
#: Roles that may move entries that are in the wrong queue.
MOVERS = (*WORKERS, Role.OPERATIONS)

Reader = Annotated[Principal, allow(*READERS)]
Worker = Annotated[Principal, allow(*WORKERS)]
Mover = Annotated[Principal, allow(*MOVERS)]


def works_in(who: Principal, queue: QueueRow) -> bool:
    """Whether the caller does the work of this queue."""
    if who.has(Role.RECEPTION) and (queue.is_reception or queue.unit == Unit.RECEPTION):
        return True
    return who.has(Role.CASEWORKER) and who.belongs_to(queue.unit)


def sees(who: Principal, queue: QueueRow) -> bool:
    """The reception sees all queues, because citizens ask it where their matter is."""
    return works_in(who, queue) or who.has(Role.RECEPTION, Role.OPERATIONS, Role.AUDITOR, Role.SERVICE)


def demand_work(who: Principal, queue: QueueRow) -> None:
    """Raise `Forbidden` unless the caller works in this queue."""
    if not works_in(who, queue):
        raise Forbidden("This queue belongs to another unit.")


def demand_move(who: Principal, queue: QueueRow) -> None:
    """Raise `Forbidden` unless the caller works in this queue, or corrects any queue as operations do."""
    if not who.has(Role.OPERATIONS):
        demand_work(who, queue)


def demand_sight(who: Principal, queue: QueueRow) -> None:
    """Raise `Forbidden` unless the caller may see who waits in this queue."""
    if not sees(who, queue):
        raise Forbidden("This queue belongs to another unit.")


def demand_open(entry: EntryRow) -> None:
    """Raise EntryClosed unless it waits or is being worked on."""
    if not entry.is_open:
        raise EntryClosed(f"It is {entry.status}.")


def demand_held(entry: EntryRow, who: Principal, *, by_any: bool = False) -> None:
    """Raise NotTaken unless an employee has it, and TakenByAnother unless that is the caller (or `by_any`).

    A call that the exchange put through names no employee: any caller of its unit may act on it.
    """
    demand_open(entry)
    if entry.status != EntryStatus.TAKEN:
        raise NotTaken
    if not by_any and entry.taken_by not in {None, who.subject}:
        raise TakenByAnother


def demand_free_or_held(entry: EntryRow, who: Principal, *, by_any: bool = False) -> None:
    """As `demand_held`, but it may also wait."""
    demand_open(entry)
    if entry.status == EntryStatus.TAKEN:
        demand_held(entry, who, by_any=by_any)
