"""Replaces keys: every value that an older key encrypted is encrypted again with the current one.

Put the new key first in DSI_SEAL_KEYS, keep the old one behind it, run this, then drop the old one. A new
DSI_INDEX_KEY takes `reindex`: until it is through, contacts not reached yet are not found by number, phone or
name. Each batch is a transaction of its own, so that intake goes on working, and an interrupted run continues
where it stopped.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.key_rotation import repository
from services.intake.key_rotation.repository import Encrypted
from services.intake.vault import Vault
from shared.database import Database
from shared.outbox import Outbox


@dataclass(frozen=True)
class Rotated:
    """How many values of each kind were encrypted again."""

    contacts: int
    drafts: int
    callers: int
    deliveries: int
    answers: int


async def rotate(
    database: Database,
    vault: Vault,
    outbox: Outbox,
    *,
    reindex: bool = False,
    progress: Callable[[int], None] = lambda _count: None,
) -> Rotated:
    """Encrypt again what an older key encrypted; with `reindex`, index every contact and caller again as
    well.

    `progress` gets the number of rows after each batch. Raises SealBrokenError, with nothing of that batch
    changed, when a value's key is no longer on the ring.
    """

    async def older(encrypted: Encrypted) -> int:
        done = 0
        while True:
            async with database.writing() as session:
                count = await repository.encrypt_again(session, vault.ring, encrypted)
            if not count:
                return done
            done += count
            progress(count)

    async def every(batch: Callable[[AsyncSession, UUID], Awaitable[list[UUID]]]) -> int:
        done, last = 0, UUID(int=0)
        while True:
            async with database.writing() as session:
                ids = await batch(session, last)
            if not ids:
                return done
            done, last = done + len(ids), ids[-1]
            progress(len(ids))

    if reindex:
        contacts = await every(
            lambda session, last: repository.index_contacts_again(session, vault, outbox, last)
        )
        callers = await every(lambda session, last: repository.index_callers_again(session, vault, last))
    else:
        contacts = await older(repository.CONTACT_DATA)
        callers = await older(repository.CALLER_NUMBERS)
    return Rotated(
        contacts=contacts,
        callers=callers,
        drafts=await older(repository.DRAFT_CONTENT),
        deliveries=await older(repository.DELIVERED),
        answers=await older(repository.REMEMBERED_ANSWERS),
    )
