"""`Idempotency-Key`: a request that is sent twice works once and is answered alike.

The remembered answer is written in the request's own transaction, as its last statement. When another
request with the same key was first, the whole transaction is undone and its answer is given again.
Source: draft-ietf-httpapi-idempotency-key-header. Kept for `KEPT`, at least the 7 days of the contract.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access import Principal
from shared.database import upsert
from shared.problems import IdempotencyMismatch
from shared.row_batch import RowBatch
from shared.unit_of_work import UnitOfWork

KEPT = timedelta(days=8)
_KEPT_HEADERS = {"etag", "location", "content-type"}

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="The same key and body give the same answer again; another body is refused (422)",
        examples=["5f1c2c1e-6d0f-4f0a-9a53-3f4a9f0c8f11"],
    ),
]


class AlreadyAnswered(Exception):
    """This request was answered before: undo what was done now and give `answer` again."""

    def __init__(self, answer: Response) -> None:
        super().__init__("answered before")
        self.answer = answer


@dataclass(frozen=True)
class Once:
    """One request's key and the fingerprint of its body; does nothing where no key was sent."""

    key: str | None
    operation: str
    fingerprint: str
    table: Table
    seal: Any
    unseal: Any

    async def replay(self, work: UnitOfWork, principal: Principal) -> None:
        """Raise `AlreadyAnswered` (or `IdempotencyMismatch`) when the key is known.

        Worth calling first where the work itself is dear or takes something from a queue.
        """
        if self.key is not None and (stored := await self._stored(work.session, principal)) is not None:
            self._answer(stored)

    async def remember(self, work: UnitOfWork, principal: Principal, answer: Response) -> None:
        """Keep `answer` for this key; raises `AlreadyAnswered` when another request was first."""
        if self.key is None:
            return
        kept = await work.session.execute(
            upsert(work.session, self.table)
            .values(self._row(principal, answer))
            .on_conflict_do_nothing()
            .returning(self.table.c.key)
        )
        if kept.first() is None:
            self._answer(await self._stored(work.session, principal))

    def note(self, rows: RowBatch, principal: Principal, answer: Response) -> None:
        """Keep `answer` among rows that are going to be written; they are refused when another was first."""
        if self.key is not None:
            rows.note(self.table, [self._row(principal, answer)])

    def _row(self, principal: Principal, answer: Response) -> dict[str, Any]:
        return {
            "operation": self.operation,
            "subject": principal.subject,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "status": answer.status_code,
            "headers": {k: v for k, v in answer.headers.items() if k in _KEPT_HEADERS},
            "body": self.seal(bytes(answer.body)),
            "created_at": datetime.now(UTC),
        }

    async def _stored(self, session: AsyncSession, principal: Principal) -> Any:
        found = await session.execute(
            select(self.table).where(
                self.table.c.operation == self.operation,
                self.table.c.subject == principal.subject,
                self.table.c.key == self.key,
            )
        )
        return found.first()

    def _answer(self, stored: Any) -> None:
        if not hmac.compare_digest(stored.fingerprint, self.fingerprint):
            raise IdempotencyMismatch
        answer = Response(
            self.unseal(stored.body), stored.status, {**stored.headers, "Idempotency-Replayed": "true"}
        )
        raise AlreadyAnswered(answer)


async def _once(request: Request, key: KeyHeader = None) -> Once:
    state = request.app.state
    body = await request.body() if key is not None else b""

    def fingerprint(of: bytes) -> str:
        # Keyed, because a bare hash of a few words with a personal number in them could be guessed.
        return hmac.new(state.fingerprint_key, of, hashlib.sha256).hexdigest()

    return Once(
        # The key too: it is the caller's own text, and may hold what should not be kept.
        key=None if key is None else fingerprint(key.encode()),
        operation=request.scope["route"].name[:80],
        fingerprint=fingerprint(request.url.path.encode() + b"\0" + body),
        table=state.tables.answers,
        seal=state.seal_answer,
        unseal=state.unseal_answer,
    )


Idempotent = Annotated[Once, Depends(_once)]


async def forget_old_answers(session: AsyncSession, table: Table, now: datetime) -> None:
    """Drop answers older than `KEPT`."""
    await session.execute(delete(table).where(table.c.created_at < now - KEPT))
