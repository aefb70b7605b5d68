"""Referring contacts to offers, and what became of it."""

from datetime import datetime
from uuid import UUID

from services.triage.catalogue.repository import find_offer
from services.triage.models import Referral
from services.triage.problems import UnknownService, at_field
from services.triage.referrals import repository
from services.triage.referrals.outcomes import Came, Outcomes, count_outcomes
from shared.access import Principal
from shared.ids import new_id
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork


async def refer(work: UnitOfWork, who: Principal, contact_id: UUID, service_id: UUID) -> Referral:
    """Store that the contact is led on to the offer. Doing so again changes nothing.

    It is for those of the contact's needs that the offer meets; where none of them is known, for all that the
    offer meets. Raises UnknownService.
    """
    offer = await find_offer(work.session, service_id)
    if offer is None:
        raise UnknownService(errors=at_field("/service_id", "the catalogue has no such offer"))
    needs = await repository.needs_of_contact(work.session, contact_id)
    return await repository.add_referral(
        work.session,
        {
            "id": new_id(),
            "contact_id": contact_id,
            "offer_id": service_id,
            "needs": [need for need in offer.needs if need in needs] or offer.needs,
            "referred_at": work.clock.now(),
            "referred_by": who.subject,
            "role": who.role,
            "came": "unknown",
        },
    )


async def get_referral(work: UnitOfWork, referral_id: UUID) -> Referral:
    """The referral as it is stored now. Raises NotFound."""
    found = await repository.find_referral(work.session, referral_id)
    if found is None:
        raise NotFound("No referral has this id.")
    return found


async def report_outcome(work: UnitOfWork, who: Principal, referral_id: UUID, came: Came) -> Referral:
    """Store whether the citizen came; the latest report counts. Raises NotFound."""
    await get_referral(work, referral_id)
    await repository.change_referral(
        work.session, referral_id, came=came, told_at=work.clock.now(), told_by=who.subject
    )
    return await get_referral(work, referral_id)


async def outcomes_of(
    work: UnitOfWork, service_id: UUID, begin: datetime | None, end: datetime | None
) -> Outcomes:
    """The outcomes of the referrals to an offer that were made in that time. Raises NotFound."""
    if await find_offer(work.session, service_id) is None:
        raise NotFound("No offer has this id.")
    referrals = await repository.referrals_to(work.session, service_id, begin, end)
    later = await repository.later_contacts(work.session, service_id, begin, end)
    return count_outcomes(referrals, later, work.clock.now())
