"""Who may do what with which queue.

Caseworkers work in the queues of their own units, the reception in its own; operations may move what
lies wrong but does no casework. A queue's figures name nobody and are for all staff.
"""

from services.routing.models import QueueRow
from shared.access import Principal
from shared.problems import Forbidden
from shared.vocabulary import Role, Unit

#: Roles that may read something of a queue's entries; which queues, `demand_sight` decides.
READERS = (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.AUDITOR, Role.SERVICE)
#: Roles that take entries and work with them.
WORKERS = (Role.RECEPTION, Role.CASEWORKER)
#: Roles that may move entries that lie wrong.
MOVERS = (*WORKERS, Role.OPERATIONS)


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
    """Raise `Forbidden` unless the caller works in this queue or puts things right for all."""
    if not who.has(Role.OPERATIONS):
        demand_work(who, queue)


def demand_sight(who: Principal, queue: QueueRow) -> None:
    """Raise `Forbidden` unless the caller may see who waits in this queue."""
    if not sees(who, queue):
        raise Forbidden("This queue belongs to another unit.")
