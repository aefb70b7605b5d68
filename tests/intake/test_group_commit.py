"""Contacts that arrive at the same moment are committed together, and none fails because of another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.access_log.repository import list_accesses
from services.intake.contacts.repository import CONTACTS
from services.intake.models import ContactName, tables
from shared import group_commit
from shared.database import Database, table_of
from shared.group_commit import GroupCommitter, write_rows
from shared.problems import Unavailable
from shared.row_batch import RowBatch
from shared.vocabulary import Role
from tests.bench import Bench

NAMES = table_of(ContactName)
LETTER = {"channel": "written", "citizen": {"cpr": "6101901234", "name": "Alma Lund"}, "summary": "Gæld."}


class Storage(Database):
    """The service's own storage, with something in between writing and committing."""

    def __init__(self, storage: Database) -> None:
        self._storage = storage

    async def before_commit(self) -> None:
        """Does something in between; a subclass says what."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        async with self._storage.writing() as session:
            yield session
            await self.before_commit()


class LostStorage(Storage):
    """The connection breaks when everything is written and nothing is committed."""

    async def before_commit(self) -> None:
        raise OperationalError("COMMIT", {}, ConnectionResetError())


class SlowStorage(Storage):
    """Commits when `may_commit` is set."""

    def __init__(self, storage: Database) -> None:
        super().__init__(storage)
        self.may_commit = asyncio.Event()
        self.writes = asyncio.Event()

    async def before_commit(self) -> None:
        self.writes.set()
        await self.may_commit.wait()


class NeverGroups(GroupCommitter[RowBatch, bool]):
    """Refuses every batch, so that each request writes alone."""

    async def stored(self, rows: RowBatch) -> None:
        return None


def count_commits(bench: Bench) -> Callable[[], int]:
    commits: list[object] = []
    event.listen(bench.app.state.database.engine.sync_engine, "commit", commits.append)
    return lambda: len(commits)


async def send(bench: Bench, count: int, **headers: str) -> list[httpx.Response]:
    client = bench.client(Role.RECEPTION)
    return await asyncio.gather(
        *(client.post("/v1/contacts", json=LETTER, headers=headers) for _ in range(count))
    )


async def test_letters_of_one_moment_are_all_stored_once_in_few_commits(intake: Bench) -> None:
    commits = count_commits(intake)
    answers = await send(intake, 60)

    assert {answer.status_code for answer in answers} == {201}
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == 60
    assert {event["contact_id"] for event in await intake.published("contact.waiting")} == ids
    assert await intake.count(CONTACTS) == 60
    assert await intake.count(NAMES) == 120
    async with intake.app.state.database.reading() as session:
        trail = await list_accesses(session, contact_id=None, since=None, until=None, after=None, limit=100)
    assert {str(entry.contact_id) for entry in trail} == ids
    assert commits() < 20


async def test_a_contact_is_there_as_soon_as_it_is_acknowledged(intake: Bench) -> None:
    async def write_and_read() -> httpx.Response:
        client = intake.client(Role.RECEPTION)
        answer = await client.post("/v1/contacts", json=LETTER)
        return await client.get(answer.headers["Location"])

    read = await asyncio.gather(*(write_and_read() for _ in range(20)))
    assert {answer.status_code for answer in read} == {200}


async def everything_stored(bench: Bench) -> dict[str, list[dict[str, Any]]]:
    """All rows, less what is another each time: ids, what follows from them, and what is sealed."""
    each_time = {"id", "event_id", "contact_id", "reference", "said", "body", "created_at", "due_at", "key"}
    stored = {}
    async with bench.app.state.database.reading() as session:
        for table in (CONTACTS, NAMES, tables.outbox, tables.answers):
            rows = [dict(row) for row in (await session.execute(select(table))).mappings()]
            for row in rows:
                if "payload" in row:
                    row["payload"] = {k: v for k, v in row["payload"].items() if k not in each_time}
                row.pop("headers", None)
            stored[table.name] = [{k: v for k, v in row.items() if k not in each_time} for row in rows]
    return stored


async def test_together_or_alone_a_contact_leaves_the_same_rows(intake: Bench) -> None:
    body = {**LETTER, "facts": {"needs": ["debt"], "district": 3}}
    client = intake.client(Role.RECEPTION)
    await client.post("/v1/contacts", json=body, headers={"Idempotency-Key": "together"})
    together = await everything_stored(intake)

    intake.app.state.group_committer = NeverGroups(intake.app.state.database, write_rows)
    await client.post("/v1/contacts", json=body, headers={"Idempotency-Key": "alone"})
    both = await everything_stored(intake)

    for table, rows in together.items():
        twice = sorted(rows + rows, key=repr)
        assert sorted(both[table], key=repr) == twice, table


async def test_one_key_sent_five_times_at_once_gives_one_letter(intake: Bench) -> None:
    answers = await send(intake, 5, **{"Idempotency-Key": "k"})

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await intake.count(CONTACTS) == 1
    assert len(await intake.published()) == 1


async def test_a_misused_key_is_refused_and_the_others_of_its_batch_are_stored(intake: Bench) -> None:
    client, key = intake.client(Role.RECEPTION), {"Idempotency-Key": "used"}
    await client.post("/v1/contacts", json=LETTER, headers=key)
    misuse = client.post("/v1/contacts", json={"channel": "phone"}, headers=key)
    refused, answers = await asyncio.gather(misuse, send(intake, 20))

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:dsi:problem:idempotency-mismatch")
    assert {answer.status_code for answer in answers} == {201}
    assert await intake.count(CONTACTS) == 21
    assert len(await intake.published()) == 21


async def test_without_storage_every_request_gets_503_with_retry_after_and_nothing_is_stored(
    intake: Bench,
) -> None:
    database = intake.app.state.database
    intake.app.state.group_committer = GroupCommitter(LostStorage(database), write_rows)
    answers = await send(intake, 10)

    assert {answer.status_code for answer in answers} == {503}
    assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
    assert await intake.count(CONTACTS) == 0
    assert await intake.published() == []

    intake.app.state.group_committer = GroupCommitter(database, write_rows)
    assert {answer.status_code for answer in await send(intake, 10)} == {201}


@pytest.fixture
def slow(intake: Bench) -> SlowStorage:
    """Intake's storage, which commits when `may_commit` is set."""
    storage = SlowStorage(intake.app.state.database)
    intake.app.state.group_committer = GroupCommitter(storage, write_rows)
    return storage


async def test_no_request_is_answered_before_the_commit(intake: Bench, slow: SlowStorage) -> None:
    sending = asyncio.create_task(send(intake, 3))
    await slow.writes.wait()
    await asyncio.sleep(0.05)
    assert not sending.done()

    slow.may_commit.set()
    assert {answer.status_code for answer in await sending} == {201}


async def test_a_stopping_service_first_answers_the_waiting_requests(
    intake: Bench, slow: SlowStorage
) -> None:
    first = asyncio.create_task(send(intake, 1))
    await slow.writes.wait()
    meanwhile = asyncio.create_task(send(intake, 5))
    await asyncio.sleep(0.05)
    stopping = asyncio.create_task(intake.app.state.group_committer.stop())
    await asyncio.sleep(0)
    slow.may_commit.set()
    await stopping

    assert {answer.status_code for answer in [*await first, *await meanwhile]} == {201}
    assert await intake.count(CONTACTS) == 6


async def test_a_stopping_service_does_not_wait_for_ever_for_storage(
    intake: Bench, slow: SlowStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "PATIENCE_SECONDS", 0.05)
    sending = asyncio.create_task(send(intake, 3))
    await slow.writes.wait()
    await intake.app.state.group_committer.stop()

    assert {answer.status_code for answer in await sending} == {int(Unavailable.status)}
    assert await intake.count(CONTACTS) == 0


async def test_a_request_cancelled_before_its_batch_is_written_stores_nothing(
    intake: Bench, slow: SlowStorage
) -> None:
    stays = asyncio.create_task(send(intake, 1))
    await slow.writes.wait()
    leaves = asyncio.create_task(send(intake, 1))
    await asyncio.sleep(0.05)
    leaves.cancel()
    with suppress(asyncio.CancelledError):
        await leaves
    slow.may_commit.set()

    assert [answer.status_code for answer in await stays] == [201]
    await intake.app.state.group_committer.stop()
    assert await intake.count(CONTACTS) == 1
