"""Members of staff change units by a file; what it says goes before what their token says."""

from dataclasses import replace
from datetime import timedelta

from starlette.datastructures import State

from services.routing.problems import FaultyStaffFile
from services.routing.staff import repository
from services.routing.staff.membership import Membership, read_lines, units_on
from services.routing.staff.schemas import StaffFileResult
from services.routing.units.repository import find_units
from shared.access import Principal
from shared.problems import FieldError
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date

_MOST_FAULTS = 50
#: For so long a replica may not know of a file that another one took.
STAFF_HOLDS = timedelta(seconds=2)


class Staff:
    """The staff file in memory, for the check of every request's caller."""

    def __init__(self) -> None:
        self._memberships: dict[str, list[Membership]] = {}
        self.read_at: object = None

    def fill(self, memberships: list[Membership]) -> None:
        """Use these from now on."""
        found: dict[str, list[Membership]] = {}
        for membership in memberships:
            found.setdefault(membership.subject, []).append(membership)
        self._memberships = found

    def today(self, who: Principal, state: State) -> Principal:
        """The caller with the units of the staff file, where it names them; else as the token says."""
        mine = self._memberships.get(who.subject)
        if mine is None:
            return who
        units = units_on(mine, local_date(state.clock.now())).get(who.subject)
        return who if units is None else replace(who, units=frozenset(units))


async def refresh_staff(state: State) -> None:
    """Read the staff file again when it may have changed."""
    staff: Staff = state.staff
    now = state.clock.now()
    if staff.read_at is not None and abs(now - staff.read_at) < STAFF_HOLDS:
        return
    staff.read_at = now
    async with state.database.reading() as session:
        staff.fill(list(await repository.memberships(session)))


async def take_file(work: UnitOfWork, text: str, *, preview: bool) -> StaffFileResult:
    """Replace the memberships of everybody the file names. Raises FaultyStaffFile with each fault's line."""
    known = {unit.code for unit in await find_units(work.session, None)}
    new, faults = read_lines(text, known)
    if faults:
        errors = [
            FieldError(pointer=f"/{fault.line}", message=f"line {fault.line}: {fault.message}")
            for fault in faults[:_MOST_FAULTS]
        ]
        raise FaultyStaffFile(f"{len(faults)} faults.", errors=errors)
    subjects = {membership.subject for membership in new}
    before = {subject: set[Membership]() for subject in subjects}
    for membership in await repository.memberships(work.session):
        if membership.subject in before:
            before[membership.subject].add(membership)
    after = {subject: set[Membership]() for subject in subjects}
    for membership in new:
        after[membership.subject].add(membership)
    changed = sum(before[subject] != after[subject] for subject in subjects)
    if not preview:
        await repository.replace_memberships(work.session, new)
        work.state.staff.read_at = None
    return StaffFileResult(preview=preview, staff=len(subjects), memberships=len(new), changed=changed)
