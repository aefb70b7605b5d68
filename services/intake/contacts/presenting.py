"""A contact as its reader may see it: who has no task with the person learns nothing that names them."""

from datetime import datetime

from services.intake.contacts.schemas import CitizenOut, ContactItem, ContactOut, ContactPerson, FoundContact
from services.intake.lines.lines import Lines
from services.intake.models import ContactColumns
from services.intake.vault import Said
from shared.clock import COPENHAGEN
from shared.contracts import Facts
from shared.cpr import Cpr, age_at
from shared.ids import show_reference


def is_protected(contact: ContactColumns, now: datetime) -> bool:
    """Whether name and address protection holds; its date is the last day of it."""
    until = contact.address_protected_until
    return until is not None and now.astimezone(COPENHAGEN).date() <= until


def present(
    contact: ContactColumns, said: Said, *, with_person: bool, now: datetime, lines: Lines
) -> ContactOut:
    """The whole contact."""
    shown = said if with_person else Said(relation=said.relation)
    return ContactOut(
        id=contact.id,
        reference=show_reference(contact.reference),
        channel=contact.channel,
        line=contact.line,
        answered_by=lines.administration_at(contact.line, contact.received_at),
        received_at=contact.received_at,
        created_at=contact.created_at,
        changed_at=contact.changed_at,
        status=contact.status,
        outcome=contact.outcome,
        closed_at=contact.closed_at,
        close_reason=shown.close_reason,
        ticket=contact.ticket,
        citizen=_citizen(contact, shown, now),
        contact_person=ContactPerson(
            relation=shown.relation,
            name=shown.contact_name,
            phone=shown.phone,
            organisation=shown.organisation,
        ),
        summary=shown.summary,
        facts=Facts.model_validate(contact.facts) if with_person and contact.facts else None,
        companion_of=contact.companion_of,
        concerns=contact.concerns,
        edition=contact.edition,
    )


def _citizen(contact: ContactColumns, shown: Said, now: datetime) -> CitizenOut:
    cpr = None if shown.cpr is None else Cpr.parse(shown.cpr)
    born = cpr.birth_date if cpr is not None else shown.birth_date
    return CitizenOut(
        cpr=shown.cpr,
        cpr_is_replacement=cpr is not None and cpr.is_replacement,
        birth_date=born,
        age=shown.age if born is None else age_at(born, contact.received_at),
        name=shown.name,
        anonymous=contact.anonymous,
        address_protected_until=contact.address_protected_until,
        address_protected=is_protected(contact, now),
    )


def present_item(contact: ContactColumns, now: datetime, lines: Lines) -> ContactItem:
    """The contact in a list."""
    return ContactItem(
        id=contact.id,
        reference=show_reference(contact.reference),
        channel=contact.channel,
        line=contact.line,
        answered_by=lines.administration_at(contact.line, contact.received_at),
        received_at=contact.received_at,
        status=contact.status,
        outcome=contact.outcome,
        ticket=contact.ticket,
        anonymous=contact.anonymous,
        address_protected=is_protected(contact, now),
        companion_of=contact.companion_of,
    )


def present_found(contact: ContactColumns, said: Said, now: datetime, lines: Lines) -> FoundContact:
    """The contact as a search shows it, so that the right one of several can be told."""
    return FoundContact(**present_item(contact, now, lines).model_dump(), name=said.name)
