"""Earlier contacts by the same number, offered to whoever answers: never merged, never chosen by the machine.

A number may belong to several people (a family, an institution) or to none that we know. So it says who was
spoken of before, and a person decides. Whoever is anonymous now gets none, and contacts in which somebody
chose to be anonymous are offered to nobody.
"""

from collections.abc import Sequence
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.candidates.schemas import Candidate, CandidatePerson, Candidates
from services.intake.contacts import repository
from services.intake.contacts.schemas import is_protected
from services.intake.contacts.service import find_contact
from services.intake.models import Contact
from services.intake.permissions import may_see_the_person
from services.intake.vault import PersonalData, vault_of
from shared.access import Principal
from shared.ids import show_reference
from shared.unit_of_work import UnitOfWork

MOST_CANDIDATES = 50


async def candidates_of(
    work: UnitOfWork, who: Principal, contact_id: UUID, purpose: str | None
) -> Candidates:
    """Newest first, by the person they were about. It is a search by phone, and is logged as one.

    Raises NotFound.
    """
    contact = await find_contact(work, contact_id)
    why = purpose or access_log.SEARCHING
    await access_log.log_access(work, who, "search", why, contacts=[contact.id], criterion="phone")
    if contact.anonymous or contact.phone_index is None:
        return Candidates(people=[], more=False)
    found = await repository.earlier_by_phone(work.session, contact, MOST_CANDIDATES)
    shown = found[:MOST_CANDIDATES]
    await access_log.log_access(
        work, who, "found", why, contacts=[one.id for one in shown], criterion="phone"
    )
    people = [_person(work, who, about) for about in _by_person(shown)]
    return Candidates(people=people, more=len(found) > MOST_CANDIDATES)


def _by_person(contacts: Sequence[Contact]) -> list[list[Contact]]:
    """Grouped by personal number; those without one stand alone, for nobody knows whom they were about."""
    groups: dict[str, list[Contact]] = {}
    for contact in contacts:
        groups.setdefault(contact.cpr_index or str(contact.id), []).append(contact)
    return list(groups.values())


def _person(work: UnitOfWork, who: Principal, contacts: Sequence[Contact]) -> CandidatePerson:
    vault, now = vault_of(work), work.clock.now()
    said = [vault.open_personal_data(contact.id, contact.said) for contact in contacts]
    # Protected anywhere is protected everywhere: an older contact must not give the name away.
    protected = any(is_protected(contact, now) for contact in contacts)
    with_name = may_see_the_person(who) and not protected
    return CandidatePerson(
        is_known=contacts[0].cpr_index is not None,
        name=next((told.name for told in said if told.name), None) if with_name else None,
        address_protected=protected,
        contacts=[_candidate(contact, told) for contact, told in zip(contacts, said, strict=True)],
    )


def _candidate(contact: Contact, said: PersonalData) -> Candidate:
    return Candidate(
        id=contact.id,
        reference=show_reference(contact.reference),
        received_at=contact.received_at,
        channel=contact.channel,
        line=contact.line,
        status=contact.status,
        outcome=contact.outcome,
        relation=said.relation,
    )
