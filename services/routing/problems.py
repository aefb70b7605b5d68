"""What can go wrong with an entry, each with its own type."""

from http import HTTPStatus

from shared.problems import Conflict, Problem


class AlreadyTaken(Conflict):
    kind = "already-taken"
    title = "Somebody has already taken this entry"


class TakenByAnother(Conflict):
    kind = "taken-by-another"
    title = "This entry was taken by somebody else"


class NotTaken(Conflict):
    kind = "not-taken"
    title = "Take the entry first"


class EntryClosed(Conflict):
    kind = "entry-closed"
    title = "This entry is no longer open"


class NoTicket(Conflict):
    kind = "no-ticket"
    title = "Only who has a ticket can be called"


class NotReturnable(Conflict):
    kind = "not-returnable"
    title = "Only what a unit has in its own queue can be returned to triage"


class NotWaiting(Conflict):
    kind = "not-waiting"
    title = "This entry does not wait any more, so there is no wait to estimate"


class ClockRuns(Conflict):
    kind = "clock-runs"
    title = "This deadline runs already"


class DutyEnded(Conflict):
    kind = "duty-ended"
    title = "This duty has ended already"


class ActNeedsDetails(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "act-needs-details"
    title = "What this deadline asks for takes more to say than that it was done"


class TaskEnded(Conflict):
    kind = "task-ended"
    title = "This task is not open any more"


class ContradictingAreas(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "contradicting-areas"
    title = "Two deadlines would hold for one application"


class ContradictingHours(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "contradicting-hours"
    title = "Two things would hold at once that cannot both be true"


class SameQueue(Conflict):
    kind = "same-queue"
    title = "The entry is in that queue already"


class UnknownQueue(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "unknown-queue"
    title = "There is no such queue to put an entry into"


class UnknownUnitToMove(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "unknown-unit"
    title = "A unit that is named is not there"


class ReorganisationOver(Conflict):
    kind = "reorganisation-over"
    title = "It is too late for this, or too early"


class ReorganisationTouched(Conflict):
    kind = "reorganisation-touched"
    title = "Somebody has worked on what was moved, so it cannot be undone as a whole"


class FaultyStaffFile(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "faulty-staff-file"
    title = "The file has faults; nothing of it was taken"


class ContradictingUnits(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "contradicting-units"
    title = "On some day a unit would be there twice, or a district would have no unit, or two"
