"""Finding a contact by a value that is never in the URL, and always in the trail."""

from services.intake.access_log import service
from services.intake.contacts import repository
from services.intake.contacts.identity import read_cpr
from services.intake.contacts.schemas import Search
from services.intake.models import Contact
from services.intake.problems import at_field
from services.intake.vault import Said, name_words, vault_of
from shared.access import Principal
from shared.ids import read_reference
from shared.paging import Cursor, decode_cursor
from shared.phone_numbers import normalised_phone
from shared.problems import InvalidInput
from shared.unit_of_work import UnitOfWork


async def search(
    work: UnitOfWork, who: Principal, body: Search, purpose: str | None
) -> list[tuple[Contact, Said]]:
    """Contacts with this value, newest first, one more than the limit when more follow.

    The search is written down with the kind of its criterion, and so is each contact it finds.
    """
    after = decode_cursor(body.cursor)
    criterion, contacts = await _search(work, body, after)
    why = body.purpose or purpose or service.SEARCHING
    await service.log_look(work, who, "search", why, criterion=criterion)
    seen = [contact.id for contact in contacts[: body.limit]]
    await service.log_look(work, who, "found", why, contacts=seen, criterion=criterion)
    vault = vault_of(work)
    return [(contact, vault.open_said(contact.id, contact.said)) for contact in contacts]


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
