"""Earlier contacts by the same phone number, offered to the person who answers the call.

A number may belong to several people (a family, an institution) or to none that we know. So the system never
merges contacts and never chooses: it lists whom earlier calls were about, and a person decides. A contact
whose citizen is anonymous gets no candidates and is no candidate.
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
    """Newest first, grouped by the person they were about. Logged as a search by phone. Raises NotFound."""
    contact = await find_contact(work, contact_id)
    why = purpose or access_log.SEARCHING
    await access_log.log_access(work, who, "search", why, contacts=[contact.id], criterion="phone")
    if contact.anonymous or contact.phone_index is None:
        return Candidates(people=[], more=False)
    found = await repository.earlier_by_phone(work.session, contact, MOST_CANDIDATES)
    offered = found[:MOST_CANDIDATES]
    await access_log.log_access(
        work, who, "found", why, contacts=[one.id for one in offered], criterion="phone"
    )
    people = [_person(work, who, contacts) for contacts in _by_person(offered)]
    return Candidates(people=people, more=len(found) > MOST_CANDIDATES)


def _by_person(contacts: Sequence[Contact]) -> list[list[Contact]]:
    """Grouped by personal number. Each contact without one is a group: whom it was about is unknown."""
    groups: dict[str, list[Contact]] = {}
    for contact in contacts:
        groups.setdefault(contact.cpr_index or str(contact.id), []).append(contact)
    return list(groups.values())


def _person(work: UnitOfWork, who: Principal, contacts: Sequence[Contact]) -> CandidatePerson:
    vault, now = vault_of(work), work.clock.now()
    personal = [vault.open_personal_data(contact.id, contact.said) for contact in contacts]
    # Protected in one contact is protected in all: an older one must not reveal the name.
    is_any_protected = any(is_protected(contact, now) for contact in contacts)
    with_name = may_see_the_person(who) and not is_any_protected
    names = (data.name for data in personal if data.name)
    return CandidatePerson(
        is_known=contacts[0].cpr_index is not None,
        name=next(names, None) if with_name else None,
        address_protected=is_any_protected,
        contacts=[_candidate(contact, data) for contact, data in zip(contacts, personal, strict=True)],
    )


def _candidate(contact: Contact, personal: PersonalData) -> Candidate:
    return Candidate(
        id=contact.id,
        reference=show_reference(contact.reference),
        received_at=contact.received_at,
        channel=contact.channel,
        line=contact.line,
        status=contact.status,
        outcome=contact.outcome,
        relation=personal.relation,
    )
