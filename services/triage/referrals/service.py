"""What became of it when somebody was led on to an offer: did they come, and did they have to come back?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.triage.catalogue.repository import find_offer
from services.triage.models import Referral
from services.triage.problems import UnknownService, at_field
from services.triage.referrals import repository
from services.triage.referrals.repository import LaterContact
from shared.access import Principal
from shared.ids import new_id
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork

Came = Literal["yes", "no", "unknown"]

#: Who comes back with the same need within this time was not helped by the offer.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Outcomes:
    """Counts of an offer's referrals; the four of coming back add up to `referred`.

    `not_known_yet`: the 30 days are not over; `cannot_be_known`: nobody knows whose the contact was.
    """

    referred: int
    came: int
    did_not_come: int
    unknown: int
    came_back: int
    did_not_come_back: int
    not_known_yet: int
    cannot_be_known: int


async def refer(
    work: UnitOfWork, who: Principal, contact_id: UUID, service_id: UUID, pointer: str = "/service_id"
) -> Referral:
    """Write down that the contact is led on to the offer. Doing so again changes nothing.

    It is for those of the contact's needs that the offer meets; where none is known, for what the offer
    meets. Raises UnknownService.
    """
    offer = await find_offer(work.session, service_id)
    if offer is None:
        raise UnknownService(errors=at_field(pointer, "the catalogue has no such offer"))
    heard = await repository.needs_of_contact(work.session, contact_id)
    return await repository.add_referral(
        work.session,
        {
            "id": new_id(),
            "contact_id": contact_id,
            "offer_id": service_id,
            "needs": [need for need in offer.needs if need in heard] or offer.needs,
            "referred_at": work.clock.now(),
            "referred_by": who.subject,
            "role": who.role,
            "came": "unknown",
        },
    )


async def get_referral(work: UnitOfWork, referral_id: UUID) -> Referral:
    """Raises NotFound."""
    found = await repository.find_referral(work.session, referral_id)
    if found is None:
        raise NotFound("No referral has this id.")
    return found


async def tell_outcome(work: UnitOfWork, who: Principal, referral_id: UUID, came: Came) -> Referral:
    """Whether the citizen came, as somebody has heard now; what was told last holds. Raises NotFound."""
    await get_referral(work, referral_id)
    await repository.change_referral(
        work.session, referral_id, came=came, told_at=work.clock.now(), told_by=who.subject
    )
    return await get_referral(work, referral_id)


async def outcomes_of(
    work: UnitOfWork, service_id: UUID, begin: datetime | None, end: datetime | None
) -> Outcomes:
    """The outcomes of the referrals made in that time. Raises NotFound."""
    if await find_offer(work.session, service_id) is None:
        raise NotFound("No offer has this id.")
    referrals = await repository.referrals_to(work.session, service_id, begin, end)
    later = await repository.later_contacts(work.session, service_id, begin, end)
    return count_outcomes(referrals, later, work.clock.now())


def count_outcomes(
    referrals: Iterable[tuple[Referral, bool]], later: Iterable[LaterContact], now: datetime
) -> Outcomes:
    """Count them. A later contact counts when it came soon, and needs what the referral was for."""
    contacts: dict[UUID, list[LaterContact]] = {}
    for contact in later:
        contacts.setdefault(contact.referral_id, []).append(contact)
    told: Counter[str] = Counter()
    for referral, known in referrals:
        told["referred"] += 1
        told[f"came:{referral.came}"] += 1
        told[_back(referral, known, contacts.get(referral.id, []), now)] += 1
    return Outcomes(
        referred=told["referred"],
        came=told["came:yes"],
        did_not_come=told["came:no"],
        unknown=told["came:unknown"],
        came_back=told["back"],
        did_not_come_back=told["stayed"],
        not_known_yet=told["early"],
        cannot_be_known=told["nobody"],
    )


def _back(referral: Referral, known: bool, later: list[LaterContact], now: datetime) -> str:
    if not known:
        return "nobody"
    until, needs = referral.referred_at + SOON, set(referral.needs)
    if any(contact.received_at <= until and contact.needs & needs for contact in later):
        return "back"
    return "early" if now < until else "stayed"
