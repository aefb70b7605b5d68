"""What can be done with a contact that exists: read, search, change, write its facts, close.

Each use case runs in the caller's transaction, with its access log entry and its events.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.access_log import service as access_log
from services.intake.contacts import contact_status, repository
from services.intake.contacts.contact_events import closed_event, registered_event
from services.intake.contacts.contact_status import ContactState, ContactStatus, Outcome, state_columns
from services.intake.contacts.identity import (
    Identity,
    complete_facts,
    identify,
    personal_data_of,
    read_cpr,
)
from services.intake.contacts.schemas import CitizenIn, Closing, ContactChange, ContactPerson, Search
from services.intake.models import Contact
from services.intake.problems import ContactClosed, at_field
from services.intake.vault import PersonalData, name_words, sealed_columns, vault_of
from shared.access import Principal
from shared.contracts import Facts
from shared.etags import etag, require_version
from shared.ids import read_reference
from shared.paging import decode_cursor
from shared.phone_numbers import normalised_phone
from shared.problems import InvalidInput, NotFound
from shared.unit_of_work import UnitOfWork


async def find_contact(work: UnitOfWork, contact_id: UUID, *, locked: bool = False) -> Contact:
    """The contact, without its personal data; `locked` is for changing it. Raises NotFound."""
    contact = await repository.find(work.session, contact_id, locked=locked)
    if contact is None:
        raise NotFound("No contact has this id.")
    return contact


async def read(
    work: UnitOfWork, who: Principal, contact_id: UUID, purpose: str | None
) -> tuple[Contact, PersonalData]:
    """The contact and its personal data. The access is logged. Raises NotFound."""
    contact = await find_contact(work, contact_id)
    await access_log.log_access(work, who, "read", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, _personal_data(work, contact)


async def write_facts(
    work: UnitOfWork,
    who: Principal,
    contact_id: UUID,
    facts: Facts,
    *,
    if_match: str | None,
    purpose: str | None,
) -> tuple[Contact, PersonalData]:
    """Store these facts in place of the earlier ones, and publish them to triage.

    Raises NotFound, ContactClosed, VersionRequired, StaleVersion, ContradictingAge, AnonymousWithCpr.
    """
    contact, personal = await _to_change(work, contact_id, if_match)
    await _register(work, contact, personal, facts, {})
    await access_log.log_access(work, who, "change", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, personal


async def change(
    work: UnitOfWork,
    who: Principal,
    contact_id: UUID,
    body: ContactChange,
    *,
    if_match: str | None,
    purpose: str | None,
) -> tuple[Contact, PersonalData]:
    """Change the citizen, the contact person or the summary. Raises what `write_facts` raises.

    A change of the citizen may change the facts (the age), so triage then gets them again.
    """
    contact, before = await _to_change(work, contact_id, if_match)
    personal, columns = _changed(contact, before, body)
    columns |= sealed_columns(vault_of(work), contact.id, personal)
    if contact.facts is not None and body.citizen is not None:
        await _register(work, contact, personal, _facts_without_age_of(contact, before), columns)
    else:
        now = work.clock.now()
        await repository.change(work.session, contact, **columns, edition=contact.edition + 1, changed_at=now)
    words = name_words(personal.name, personal.contact_name)
    await repository.replace_names(work.session, contact.id, vault_of(work).name_indexes(words))
    await access_log.log_access(work, who, "change", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, personal


async def close(
    work: UnitOfWork,
    who: Principal,
    contact_id: UUID,
    body: Closing,
    *,
    if_match: str | None,
    purpose: str | None,
) -> tuple[Contact, PersonalData]:
    """Close the contact. Closing it again with the same outcome changes nothing.

    Raises NotFound, StaleVersion, and ContactClosed when it was closed with another outcome.
    """
    contact = await find_contact(work, contact_id, locked=True)
    personal = _personal_data(work, contact)
    if contact.status == ContactStatus.CLOSED:
        if contact.outcome != body.outcome:
            raise ContactClosed(f"It was closed with the outcome {contact.outcome}.")
        return contact, personal
    if if_match is not None:
        require_version(if_match, contact.edition)
    personal = personal.model_copy(update={"close_reason": body.reason})
    columns = sealed_columns(vault_of(work), contact.id, personal)
    await end_contact(
        work, contact, contact_status.closed(body.outcome, "person"), **columns, edition=contact.edition + 1
    )
    await access_log.log_access(work, who, "close", purpose or access_log.HANDLING, contacts=[contact.id])
    return contact, personal


async def end_contact(
    work: UnitOfWork, contact: Contact, state: ContactState, at: datetime | None = None, **more: Any
) -> None:
    """Close the contact at that moment (default now), and publish it to routing and triage."""
    moment = at or work.clock.now()
    columns = state_columns(state, moment)
    await repository.change(work.session, contact, **columns, **more, version=contact.version + 1)
    await repository.delete_draft(work.session, contact.id)
    await work.publish(closed_event(contact, state.outcome or Outcome.COMPLETED, moment))


async def search(
    work: UnitOfWork, who: Principal, body: Search, purpose: str | None
) -> list[tuple[Contact, PersonalData]]:
    """Contacts with this value, newest first, one more than the limit when more follow.

    Two kinds of access are logged: the search, with the kind of its criterion but not the value, and each
    contact that it found. Raises ImpossibleCpr, InvalidInput, InvalidCursor.
    """
    criterion, contacts = await _search(work, body)
    why = body.purpose or purpose or access_log.SEARCHING
    await access_log.log_access(work, who, "search", why, criterion=criterion)
    # Without the one too many: it is not on the page, so the caller has not read it.
    found = [contact.id for contact in contacts[: body.limit]]
    await access_log.log_access(work, who, "found", why, contacts=found, criterion=criterion)
    return [(contact, _personal_data(work, contact)) for contact in contacts]


async def _search(work: UnitOfWork, body: Search) -> tuple[str, Sequence[Contact]]:
    """The kind of the criterion, and the contacts."""
    vault, after = vault_of(work), decode_cursor(body.cursor)
    if body.cpr is not None:
        kind, column, value = "cpr", "cpr_index", vault.index_of("cpr", read_cpr(body.cpr, "/cpr").digits)
    elif body.phone is not None:
        number = normalised_phone(body.phone)
        if number is None:
            raise InvalidInput(errors=at_field("/phone", "is not a phone number"))
        kind, column, value = "phone", "phone_index", vault.index_of("phone", number)
    elif body.reference is not None:
        kind, column, value = "reference", "reference", read_reference(body.reference)
    else:
        words = vault.name_indexes(name_words(body.name))
        # No word at all ("---") would match every contact.
        found = await repository.search_by_name(work.session, words, after, body.limit) if words else []
        return "name", found
    return kind, await repository.search_by(work.session, column, str(value), after, body.limit)


def _personal_data(work: UnitOfWork, contact: Contact) -> PersonalData:
    return vault_of(work).open_personal_data(contact.id, contact.said)


async def _to_change(
    work: UnitOfWork, contact_id: UUID, if_match: str | None
) -> tuple[Contact, PersonalData]:
    contact = await find_contact(work, contact_id, locked=True)
    # The version is checked first: a caller with a stale copy has to read the contact again in any case.
    require_version(if_match, contact.edition)
    if contact.status == ContactStatus.CLOSED:
        raise ContactClosed(headers={"ETag": etag(contact.edition)})
    return contact, _personal_data(work, contact)


async def _register(
    work: UnitOfWork, contact: Contact, personal: PersonalData, facts: Facts, more: Mapping[str, Any]
) -> None:
    """Store the facts with `more` columns, and publish them."""
    now = work.clock.now()
    facts = complete_facts(
        facts,
        _identity_of(contact, personal).age,
        anonymous=bool(more.get("anonymous", contact.anonymous)),
        has_cpr=personal.cpr is not None,
    )
    state = contact_status.after_registered(contact_status.state_of(contact))
    await repository.change(
        work.session,
        contact,
        **{**state_columns(state, now), **more},
        facts=facts.model_dump(mode="json"),
        edition=contact.edition + 1,
        version=contact.version + 1,
    )
    # The form that was being written is stored as facts now.
    await repository.delete_draft(work.session, contact.id)
    await work.publish(registered_event(contact, facts, now))


def _facts_without_age_of(contact: Contact, before: PersonalData) -> Facts:
    """The facts, without an age that was only computed from the citizen as known before the change."""
    facts = Facts.model_validate(contact.facts)
    is_computed = facts.age is not None and facts.age == _identity_of(contact, before).age
    return facts.model_copy(update={"age": None}) if is_computed else facts


def _identity_of(contact: Contact, personal: PersonalData) -> Identity:
    citizen = CitizenIn(cpr=personal.cpr, birth_date=personal.birth_date, age=personal.age)
    return identify(citizen, contact.received_at)


def _changed(
    contact: Contact, personal: PersonalData, body: ContactChange
) -> tuple[PersonalData, dict[str, Any]]:
    """The personal data after the change, and the columns that are not encrypted."""
    columns: dict[str, Any] = {}
    new: dict[str, object] = {}
    if body.citizen is not None:
        identity = identify(body.citizen, contact.received_at)
        given = personal_data_of(identity, body.citizen, ContactPerson(), None)
        new |= given.model_dump(include={"cpr", "birth_date", "age", "name"})
        columns["anonymous"] = body.citizen.anonymous
        columns["address_protected_until"] = body.citizen.address_protected_until
    if body.contact_person is not None:
        given = personal_data_of(Identity(None, None, None), CitizenIn(), body.contact_person, None)
        new |= given.model_dump(include={"relation", "contact_name", "phone", "organisation"})
        if "phone" not in body.contact_person.model_fields_set:
            # A call brings the caller's number. A form that only adds a name must not delete it.
            del new["phone"]
    if body.summary is not None:
        new["summary"] = body.summary or None
    return personal.model_copy(update=new), columns
