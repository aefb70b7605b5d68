"""Reads and stores drafts: what is being written about a contact and is not finished.

A draft is encrypted like all personal data, and is deleted when the contact's facts are written or the
contact is closed. Its version is its ETag.
"""

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.intake.access_log.service import HANDLING, log_access
from services.intake.contacts.contact_status import ContactStatus
from services.intake.contacts.service import find_contact
from services.intake.drafts import repository
from services.intake.models import ContactDraft
from services.intake.problems import ContactClosed
from services.intake.vault import draft_context, key_of, vault_of
from shared.access import Principal
from shared.etags import require_version
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork

_CONTENT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


async def read(
    work: UnitOfWork, who: Principal, contact_id: UUID, purpose: str | None
) -> tuple[dict[str, Any], ContactDraft]:
    """The draft's content and its row. The access is logged. Raises NotFound when there is no draft."""
    row = await repository.find_draft(work.session, contact_id)
    if row is None:
        raise NotFound("Nobody has begun to write about this contact.")
    await log_access(work, who, "read", purpose or HANDLING, contacts=[contact_id])
    return _CONTENT.validate_json(vault_of(work).ring.open(row.sealed, draft_context(contact_id))), row


async def save(
    work: UnitOfWork, who: Principal, contact_id: UUID, content: dict[str, Any], if_match: str | None
) -> ContactDraft:
    """Store the draft in place of the earlier one. The first one needs no If-Match.

    Raises NotFound, ContactClosed, VersionRequired, StaleVersion.
    """
    # Locking the contact also keeps two first drafts from being stored at once, each unaware of the other.
    contact = await find_contact(work, contact_id, locked=True)
    if contact.status == ContactStatus.CLOSED:
        raise ContactClosed
    before = await repository.find_draft(work.session, contact_id)
    if before is not None:
        require_version(if_match, before.version)
    sealed = vault_of(work).ring.seal(_CONTENT.dump_json(content).decode(), draft_context(contact_id))
    values: dict[str, Any] = {
        "contact_id": contact_id,
        "version": 1 if before is None else before.version + 1,
        "sealed": sealed,
        "sealed_key": key_of(sealed),
        "saved_at": work.clock.now(),
        "saved_by": who.subject,
    }
    await repository.store_draft(work.session, values)
    return ContactDraft(**values)
