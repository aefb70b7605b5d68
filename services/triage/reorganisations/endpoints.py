"""What routing asks when a unit's work is reorganised."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.triage.reorganisations.matching import fits, rows_naming
from services.triage.reorganisations.repository import newest_facts
from services.triage.reorganisations.schemas import (
    MatchingIn,
    MatchingOut,
    MatchOut,
    NamingRowOut,
    NamingRowsOut,
)
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets import repository
from services.triage.rulesets.schemas import life_of
from services.triage.rulesets.timetable import RulesetStatus, status_of
from shared.access import allow
from shared.city.current import geography_on
from shared.contracts import Facts
from shared.unit_of_work import Reading
from shared.vocabulary import Role
from shared.working_days import local_date

matching_contacts_router = APIRouter(prefix="/v1", tags=["assessments"])

_NEVER_AGAIN = {RulesetStatus.RETIRED}


@matching_contacts_router.post(
    "/contacts/matching",
    summary="Which contacts are in which groups, by their facts",
    dependencies=[allow(Role.SERVICE)],
)
async def match_contacts(body: MatchingIn, work: Reading) -> MatchingOut:
    """For the services only: it says of a contact's facts no more than whether they fit. A contact whose
    facts are not known is in no group.
    """
    geography = geography_on(local_date(work.clock.now()))
    facts = {
        contact: Facts.model_validate(stored)
        for contact, stored in (await newest_facts(work.session, body.contact_ids)).items()
    }
    return MatchingOut(
        items=[
            MatchOut(
                contact_id=contact,
                groups=[
                    place
                    for place, group in enumerate(body.groups)
                    if contact in facts and fits(facts[contact], group, geography)
                ],
            )
            for contact in body.contact_ids
        ]
    )


@matching_contacts_router.get(
    "/units/{unit}/rules",
    summary="Which rows of rule sets send contacts to a unit",
    dependencies=[allow(Role.SERVICE, Role.RULES_EDITOR, Role.OPERATIONS)],
)
async def rows_that_name_a_unit(
    unit: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$", examples=["adults"])], work: Reading
) -> NamingRowsOut:
    """Of rule sets in force, scheduled or being written: these rows need another unit before this
    one ends.
    """
    timetable = await repository.read_timetable(work.session)
    now = work.clock.now()
    geography = geography_on(local_date(now))
    items = []
    for row in await repository.read_rulesets(work.session):
        status = status_of(life_of(row), timetable, now)
        if status not in _NEVER_AGAIN:
            ruleset = RuleSet.model_validate(row.content)
            items += [
                NamingRowOut(version=row.version, status=status, row=named.number, title=named.title)
                for named in rows_naming(ruleset, unit, geography)
            ]
    return NamingRowsOut(items=items)
