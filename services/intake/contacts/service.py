"""What can be done with a contact that is there. Each in the caller's transaction, with trail and events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.contacts import contact_status, repository
from services.intake.contacts.contact_events import closed_event, registered_event
from services.intake.contacts.contact_status import ContactStatus, Outcome, Standing, standing_columns
from services.intake.contacts.identity import Identity, complete_facts, identify, read_cpr
from services.intake.contacts.schemas import CitizenIn, Closing, ContactChange, ContactPerson, Search
from services.intake.models import Contact
from services.intake.problems import ContactClosed, at_field
from services.intake.registration.service import said_of
from services.intake.vault import PersonalData, name_words, sealed_columns, vault_of
from shared.access import Principal
from shared.contracts import Facts
from shared.etags import etag, require_version
from shared.ids import read_reference
from shared.paging import Cursor, decode_cursor
from shared.phone_numbers import normalised_phone
from shared.problems import InvalidInput, NotFound
from shared.unit_of_work import UnitOfWork


async def find_contact(work: UnitOfWork, contact_id: UUID) -> Contact:
    """The contact, to look at. Raises NotFound."""
    return await _found(work, contact_id, locked=False)


async def read(
    work: UnitOfWork, who: Principal, contact_id: UUID, purpose: str | None
) -> tuple[Contact, PersonalData]:
    """The contact, with the look written down. Raises NotFound."""
    contact = await _found(work, contact_id, locked=False)
    await access_log.log_access(work, who, "read", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, vault_of(work).open_personal_data(contact.id, contact.said)


async def _found(work: UnitOfWork, contact_id: UUID, *, locked: bool) -> Contact:
    contact = await repository.find(work.session, contact_id, locked=locked)
    if contact is None:
        raise NotFound("No contact has this id.")
    return contact


async def _to_change(work: UnitOfWork, contact_id: UUID, if_match: str | None) -> tuple[Contact, PersonalData]:
    contact = await _found(work, contact_id, locked=True)
    require_version(if_match, contact.edition)
    if contact.status == ContactStatus.CLOSED:
        raise ContactClosed(headers={"ETag": etag(contact.edition)})
    return contact, vault_of(work).open_personal_data(contact.id, contact.said)


async def write_facts(
    work: UnitOfWork,
    who: Principal,
    contact_id: UUID,
    facts: Facts,
    *,
    if_match: str | None,
    purpose: str | None,
) -> tuple[Contact, PersonalData]:
    """The facts as the reception has them now; triage hears of them."""
    contact, said = await _to_change(work, contact_id, if_match)
    await _register(work, contact, said, facts, {})
    await access_log.log_access(work, who, "change", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, said


async def _register(
    work: UnitOfWork, contact: Contact, said: PersonalData, facts: Facts, more: Mapping[str, Any]
) -> None:
    now = work.clock.now()
    identity = _identity_of(contact, said)
    facts = complete_facts(
        facts,
        identity.age,
        anonymous=bool(more.get("anonymous", contact.anonymous)),
        has_cpr=said.cpr is not None,
    )
    moved_to = contact_status.after_registered(contact_status.standing_of(contact))
    moved = contact_status.standing_columns(moved_to, now)
    await repository.change(
        work.session,
        contact,
        **{**moved, **more},
        facts=facts.model_dump(mode="json"),
        edition=contact.edition + 1,
        version=contact.version + 1,
    )
    await repository.delete_draft(work.session, contact.id)
    await work.publish(registered_event(contact, facts, now))


async def change(
    work: UnitOfWork,
    who: Principal,
    contact_id: UUID,
    body: ContactChange,
    *,
    if_match: str | None,
    purpose: str | None,
) -> tuple[Contact, PersonalData]:
    """What is known better now about the people, or was said. Triage hears of it when the facts change."""
    contact, before = await _to_change(work, contact_id, if_match)
    said, columns = _changed_said(contact, before, body)
    columns |= sealed_columns(vault_of(work), contact.id, said)
    if contact.facts is not None and body.citizen is not None:
        await _register(work, contact, said, _facts_without_age_of(contact, before), columns)
    else:
        now = work.clock.now()
        await repository.change(work.session, contact, **columns, edition=contact.edition + 1, changed_at=now)
    words = name_words(said.name, said.contact_name)
    await repository.replace_names(work.session, contact.id, vault_of(work).name_indexes(words))
    await access_log.log_access(work, who, "change", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, said


def _facts_without_age_of(contact: Contact, before: PersonalData) -> Facts:
    """The facts, less an age that only followed from what was said of the citizen before."""
    facts = Facts.model_validate(contact.facts)
    followed = facts.age is not None and facts.age == _identity_of(contact, before).age
    return facts.model_copy(update={"age": None}) if followed else facts


def _identity_of(contact: Contact, said: PersonalData) -> Identity:
    citizen = CitizenIn(cpr=said.cpr, birth_date=said.birth_date, age=said.age)
    return identify(citizen, contact.received_at)


def _changed_said(contact: Contact, said: PersonalData, body: ContactChange) -> tuple[PersonalData, dict[str, Any]]:
    columns: dict[str, Any] = {}
    new: dict[str, object] = {}
    if body.citizen is not None:
        identity = identify(body.citizen, contact.received_at)
        told = said_of(identity, body.citizen, ContactPerson(), None)
        new |= told.model_dump(include={"cpr", "birth_date", "age", "name"})
        columns["anonymous"] = body.citizen.anonymous
        columns["address_protected_until"] = body.citizen.address_protected_until
    if body.contact_person is not None:
        told = said_of(Identity(None, None, None), CitizenIn(), body.contact_person, None)
        new |= told.model_dump(include={"relation", "contact_name", "phone", "organisation"})
        if "phone" not in body.contact_person.model_fields_set:
            # The number that a call showed, say: who writes down a name does not mean to lose it.
            del new["phone"]
    if body.summary is not None:
        new["summary"] = body.summary or None
    return said.model_copy(update=new), columns


async def close(
    work: UnitOfWork,
    who: Principal,
    contact_id: UUID,
    body: Closing,
    *,
    if_match: str | None,
    purpose: str | None,
) -> tuple[Contact, PersonalData]:
    """Nothing more is to be done. Closing again with the same outcome changes nothing.

    Raises ContactClosed when it was closed with another outcome.
    """
    contact = await _found(work, contact_id, locked=True)
    said = vault_of(work).open_personal_data(contact.id, contact.said)
    if contact.status == ContactStatus.CLOSED:
        if contact.outcome != body.outcome:
            raise ContactClosed(f"It was closed with the outcome {contact.outcome}.")
        return contact, said
    if if_match is not None:
        require_version(if_match, contact.edition)
    said = said.model_copy(update={"close_reason": body.reason})
    columns = sealed_columns(vault_of(work), contact.id, said)
    await end_contact(
        work, contact, contact_status.closed(body.outcome, "person"), **columns, edition=contact.edition + 1
    )
    await access_log.log_access(work, who, "close", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, said


async def end_contact(
    work: UnitOfWork, contact: Contact, standing: Standing, at: datetime | None = None, **more: Any
) -> None:
    """Close the contact at that moment (default now), and tell routing and triage."""
    moment = at or work.clock.now()
    columns = standing_columns(standing, moment)
    await repository.change(work.session, contact, **columns, **more, version=contact.version + 1)
    await repository.delete_draft(work.session, contact.id)
    await work.publish(closed_event(contact, standing.outcome or Outcome.COMPLETED, moment))


async def search(
    work: UnitOfWork, who: Principal, body: Search, purpose: str | None
) -> list[tuple[Contact, PersonalData]]:
    """Contacts with this value, newest first, one more than the limit when more follow.

    The search is written down with the kind of its criterion, and so is each contact it finds.
    """
    after = decode_cursor(body.cursor)
    criterion, contacts = await _search(work, body, after)
    why = body.purpose or purpose or access_log.SEARCHING
    await access_log.log_access(work, who, "search", why, criterion=criterion)
    seen = [contact.id for contact in contacts[: body.limit]]
    await access_log.log_access(work, who, "found", why, contacts=seen, criterion=criterion)
    vault = vault_of(work)
    return [(contact, vault.open_personal_data(contact.id, contact.said)) for contact in contacts]


async def _search(work: UnitOfWork, body: Search, after: Cursor | None) -> tuple[str, list[Contact]]:
    vault, session, limit = vault_of(work), work.session, body.limit
    if body.cpr is not None:
        index = vault.index_of("cpr", read_cpr(body.cpr, "/cpr").digits)
        return "cpr", list(await repository.search_by(session, "cpr_index", str(index), after, limit))
    if body.phone is not None:
        number = normalised_phone(body.phone)
        if number is None:
            raise InvalidInput(errors=at_field("/phone", "is not a phone number"))
        index = vault.index_of("phone", number)
        return "phone", list(await repository.search_by(session, "phone_index", str(index), after, limit))
    if body.reference is not None:
        reference = read_reference(body.reference)
        return "reference", list(await repository.search_by(session, "reference", reference, after, limit))
    words = vault.name_indexes(name_words(body.name))
    return "name", list(await repository.search_by_name(session, words, after, limit)) if words else []
