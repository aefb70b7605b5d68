"""Setting opening hours and administrations: refused where two things would be valid at once."""

from services.routing.models import HoursRow
from services.routing.opening_hours import repository
from services.routing.opening_hours.closing_days import AdministrationTerms, conflicts_of
from services.routing.opening_hours.hours import OpeningHours
from services.routing.opening_hours.repository import StoredAdministration
from services.routing.problems import ContradictingHours
from services.routing.repository import begin_change
from shared.etags import require_version
from shared.periods import Period, overlapping
from shared.problems import FieldError, NotFound
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Administration


async def get_hours(work: UnitOfWork, code: str) -> HoursRow:
    """The opening hours under a code. Raises NotFound."""
    row = await repository.find_hours(work.session, code)
    if row is None:
        raise NotFound("No opening hours have this code.")
    return row


async def put_hours(
    work: UnitOfWork, code: str, hours: OpeningHours, if_match: str | None
) -> tuple[HoursRow, bool]:
    """Store opening hours, and say whether the code is new.

    Raises VersionRequired, StaleVersion and ContradictingHours, with nothing changed.
    """
    edition = await begin_change(work.session)
    stored = await repository.find_hours(work.session, code)
    if stored is not None:
        require_version(if_match, stored.edition)
    mistakes = _mistakes_in_weeks(hours)
    if mistakes:
        raise ContradictingHours(errors=mistakes)
    row = HoursRow(code=code, definition=hours.model_dump_json(), edition=edition)
    await repository.store_hours(work.session, row)
    return row, stored is None


def _mistakes_in_weeks(hours: OpeningHours) -> list[FieldError]:
    """Weeks that are valid on the same day, and weeks that end before they begin."""
    periods = [Period.of(week) for week in hours.weeks]
    mistakes = [
        FieldError(pointer=f"/weeks/{place}/valid_from", message="overlaps a week before it")
        for place in overlapping(periods)
    ]
    return mistakes + [
        FieldError(pointer=f"/weeks/{place}/valid_to", message="lies before valid_from")
        for place, period in enumerate(periods)
        if period.is_reversed
    ]


async def get_administration(work: UnitOfWork, code: Administration) -> StoredAdministration:
    """What is set for an administration. Raises NotFound."""
    for administration in await repository.list_administrations(work.session):
        if administration.code is code:
            return administration
    raise NotFound("Nothing is set for this administration.")


async def put_administration(
    work: UnitOfWork, code: Administration, terms: AdministrationTerms, if_match: str | None
) -> tuple[StoredAdministration, bool]:
    """Store an administration's closing days and units, and say whether it is new.

    Raises VersionRequired, StaleVersion and ContradictingHours, with nothing changed.
    """
    edition = await begin_change(work.session)
    stored = {one.code: one for one in await repository.list_administrations(work.session)}
    if code in stored:
        require_version(if_match, stored[code].edition)
    elsewhere = [unit for one in stored.values() if one.code != code for unit in one.terms.units]
    mistakes = conflicts_of(terms.units, elsewhere)
    if mistakes:
        raise ContradictingHours(errors=mistakes)
    administration = StoredAdministration(code, edition, terms)
    await repository.store_administration(work.session, administration)
    return administration, code not in stored
