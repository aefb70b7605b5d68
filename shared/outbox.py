"""The transactional outbox: an event is stored in the transaction of the change it is about, and sent
afterwards.

One row for each event and peer. A row is deleted when the peer has accepted it; one that the peer refuses
again and again is marked dead, kept, counted and displayed, and can be sent again. Order does not matter:
events carry versions (contracts.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts import Event
from shared.database import notify_after_commit
from shared.ids import new_id
from shared.row_batch import RowBatch

#: A peer refuses an event this often before it is dead: about 2 hours with the waits below.
MOST_REFUSALS = 12
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True)
class Letter:
    """One event on its way to one peer."""

    id: UUID
    peer: str
    type: str
    payload: dict[str, Any]
    attempts: int


class Outbox:
    """`routes` says which peers an event type goes to, e.g. `{"contact.closed": ("triage", "routing")}`."""

    def __init__(self, table: Table, routes: Mapping[str, Sequence[str]]) -> None:
        self.table = table
        self.routes = routes
        self.peers = sorted({peer for peers in routes.values() for peer in peers})

    async def add(self, session: AsyncSession, events: Iterable[Event]) -> None:
        """Store `events` for their peers in the caller's transaction."""
        rows = RowBatch()
        self.note(rows, events)
        await rows.write(session)

    def note(self, rows: RowBatch, events: Iterable[Event]) -> None:
        """Add the letters of `events` to rows that are going to be written."""
        now = datetime.now(UTC)
        for event in events:
            letters = self._letters(event, now)
            rows.note(self.table, letters)
            rows.peers.update(letter["peer"] for letter in letters)

    def _letters(self, event: Event, now: datetime) -> list[dict[str, Any]]:
        payload = event.model_dump(mode="json", exclude_none=True)
        kind = payload["type"]
        return [
            {
                "id": new_id(),
                "event_id": event.id,
                "peer": peer,
                "type": kind,
                "payload": payload,
                "created_at": now,
                "due_at": now,
            }
            for peer in self.routes[kind]
        ]

    async def lease(
        self, session: AsyncSession, peer: str, now: datetime, lease: timedelta, most: int
    ) -> list[Letter]:
        """Take up to `most` due letters for `peer`; no other relay gets them until the lease is over."""
        due = (
            select(self.table.c.id)
            .where(self.table.c.peer == peer, self.table.c.due_at <= now, self.table.c.dead_at.is_(None))
            .order_by(self.table.c.due_at, self.table.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        taken = await session.execute(
            update(self.table)
            .where(self.table.c.id.in_(due))
            .values(due_at=now + lease)
            .returning(
                self.table.c.id,
                self.table.c.peer,
                self.table.c.type,
                self.table.c.payload,
                self.table.c.attempts,
            )
        )
        return sorted((Letter(*row) for row in taken), key=lambda letter: letter.id)

    async def receipt(self, session: AsyncSession, letters: Iterable[Letter]) -> None:
        """The peer has accepted them: delete them."""
        ids = [letter.id for letter in letters]
        if ids:
            await session.execute(delete(self.table).where(self.table.c.id.in_(ids)))

    async def postpone(self, session: AsyncSession, letters: Iterable[Letter], until: datetime) -> None:
        """The peer could not be reached: try again at `until`. This does not count as a refusal."""
        ids = [letter.id for letter in letters]
        if ids:
            await session.execute(update(self.table).where(self.table.c.id.in_(ids)).values(due_at=until))

    async def refuse(self, session: AsyncSession, letter: Letter, reason: str, now: datetime) -> None:
        """The peer refused it: try again with growing pauses, and mark it dead in the end."""
        attempts = letter.attempts + 1
        pause = min(timedelta(seconds=2**attempts), LONGEST_PAUSE)
        await session.execute(
            update(self.table)
            .where(self.table.c.id == letter.id)
            .values(
                attempts=attempts,
                last_error=reason[:500],
                due_at=now + pause,
                dead_at=now if attempts >= MOST_REFUSALS else None,
            )
        )

    async def revive(self, session: AsyncSession, id_: UUID | None, now: datetime) -> int:
        """Send dead letters again, one or all; gives how many."""
        dead = update(self.table).where(self.table.c.dead_at.is_not(None))
        if id_ is not None:
            dead = dead.where(self.table.c.id == id_)
        revived = await session.execute(
            dead.values(dead_at=None, attempts=0, due_at=now).returning(self.table.c.id)
        )
        notify_after_commit(session, self.peers)
        return len(revived.all())

    async def dead(self, session: AsyncSession, most: int) -> Sequence[Mapping[str, Any]]:
        """The dead letters, oldest first."""
        rows = await session.execute(
            select(self.table)
            .where(self.table.c.dead_at.is_not(None))
            .order_by(self.table.c.dead_at, self.table.c.id)
            .limit(most)
        )
        return [dict(row) for row in rows.mappings()]

    async def counts(self, session: AsyncSession) -> dict[str, tuple[int, int]]:
        """For each peer, how many letters are on their way and how many are dead."""
        rows = await session.execute(
            select(self.table.c.peer, func.count(), func.count(self.table.c.dead_at)).group_by(
                self.table.c.peer
            )
        )
        found = {peer: (everything - dead, dead) for peer, everything, dead in rows}
        return {peer: found.get(peer, (0, 0)) for peer in self.peers}
