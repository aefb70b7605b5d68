"""Statements on contacts' stories, held by one transaction at a time."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.contacts.story import Story
from services.routing.models import ContactRow
from shared.database import table_of, upsert

_contacts = table_of(ContactRow)


async def lock_story(session: AsyncSession, contact_id: UUID) -> Story:
    """The contact's story, an empty one at first; whoever else wants it waits for this transaction.

    Taken before any change of the contact's entries, so that two events about it, or an event and a
    return, never both open one.
    """
    new = upsert(session, _contacts).values(contact_id=contact_id, story={})
    await session.execute(new.on_conflict_do_nothing())
    held = await session.execute(
        select(_contacts.c.story).where(_contacts.c.contact_id == contact_id).with_for_update()
    )
    return Story.model_validate(held.scalar_one())


async def save_story(session: AsyncSession, contact_id: UUID, story: Story) -> None:
    await session.execute(
        update(_contacts)
        .where(_contacts.c.contact_id == contact_id)
        .values(story=story.model_dump(mode="json", exclude_defaults=True))
    )
