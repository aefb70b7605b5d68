"""Events between services: nothing lost, nothing doubled, and what cannot be delivered is kept and shown."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import MetaData, select, update

from shared.contracts import ContactClosed, EventBatch, EventReceipts, EventResult
from shared.database import Database
from shared.ids import new_id
from shared.outbox import MOST_REFUSALS, Outbox
from shared.relay import PeerUnreachable, Relay
from shared.tables import ServiceTables
from tests.databases import Databases

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
TABLES = ServiceTables(MetaData())


class Peer:
    """A transport that is a peer: remembers what came, and can be down, refuse or lose its answer."""

    def __init__(self) -> None:
        self.seen: list[UUID] = []
        self.down = False
        self.refuses: set[UUID] = set()
        self.loses_answers = 0

    async def deliver(self, peer: str, batch: EventBatch) -> EventReceipts:
        if self.down:
            raise PeerUnreachable
        ids = [UUID(str(event["id"])) for event in batch.events]
        self.seen += [id_ for id_ in ids if id_ not in self.refuses]
        if self.loses_answers:
            self.loses_answers -= 1
            raise PeerUnreachable
        results = [EventResult(id=i, status="refused" if i in self.refuses else "accepted") for i in ids]
        return EventReceipts(received_at=NOW, results=results)


def closed() -> ContactClosed:
    return ContactClosed(id=new_id(), occurred_at=NOW, contact_id=new_id(), version=2, outcome="advised")


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    made = Database(await databases.fresh("intake"))
    yield made
    await made.close()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(TABLES.outbox, {"contact.closed": ("routing",)})


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def relay(database: Database, outbox: Outbox, peer: Peer) -> Relay:
    return Relay("intake", database, outbox, peer)


async def publish(database: Database, outbox: Outbox, *events: ContactClosed) -> None:
    async with database.writing() as session:
        await outbox.add(session, events)


async def counts(database: Database, outbox: Outbox) -> tuple[int, int]:
    async with database.reading() as session:
        return (await outbox.counts(session))["routing"]


async def test_events_arrive_in_batches_and_go_from_the_outbox(
    database: Database, outbox: Outbox, relay: Relay, peer: Peer
) -> None:
    events = [closed() for _ in range(250)]
    await publish(database, outbox, *events)
    assert await relay.drain() == 250
    assert peer.seen == [event.id for event in events]
    assert await counts(database, outbox) == (0, 0)


async def test_a_change_that_is_rolled_back_sends_nothing(
    database: Database, outbox: Outbox, relay: Relay, peer: Peer
) -> None:
    async def change_of_mind() -> None:
        async with database.writing() as session:
            await outbox.add(session, [closed()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change_of_mind()
    assert await relay.drain() == 0


async def test_a_peer_that_is_down_gets_everything_when_it_is_back(
    database: Database, outbox: Outbox, relay: Relay, peer: Peer
) -> None:
    peer.down = True
    await publish(database, outbox, closed(), closed())
    for _ in range(MOST_REFUSALS + 3):
        with pytest.raises(PeerUnreachable):
            await relay.drain()
    assert await counts(database, outbox) == (2, 0), "being down is nobody's fault: nothing dies of it"
    peer.down = False
    assert await relay.drain() == 2


async def test_a_lost_answer_sends_again_rather_than_never(
    database: Database, outbox: Outbox, relay: Relay, peer: Peer
) -> None:
    event = closed()
    peer.loses_answers = 1
    await publish(database, outbox, event)
    with pytest.raises(PeerUnreachable):
        await relay.drain()
    await relay.drain()
    assert peer.seen == [event.id, event.id], "the inbox on the other side knows it by its id"


async def test_an_event_refused_repeatedly_is_kept_listed_and_can_be_revived(
    database: Database, outbox: Outbox, relay: Relay, peer: Peer
) -> None:
    bad, good = closed(), closed()
    peer.refuses = {bad.id}
    await publish(database, outbox, bad, good)
    for _ in range(MOST_REFUSALS):
        await due_now(database)
        await relay.drain()
    assert peer.seen == [good.id], "one that is refused holds nobody else up"
    assert await counts(database, outbox) == (0, 1)
    async with database.reading() as session:
        [letter] = await outbox.dead(session, 10)
    assert letter["event_id"] == bad.id
    assert letter["last_error"] == "refused"
    peer.refuses = set()
    assert await relay.drain() == 0
    async with database.writing() as session:
        assert await outbox.revive(session, letter["id"], NOW) == 1
    assert await relay.drain() == 1
    assert peer.seen == [good.id, bad.id]


async def due_now(database: Database) -> None:
    """Let the pause after a refusal be over."""
    async with database.writing() as session:
        await session.execute(update(TABLES.outbox).values(due_at=NOW - timedelta(days=999)))


async def test_two_relays_side_by_side_share_the_work(database: Database, outbox: Outbox, peer: Peer) -> None:
    await publish(database, outbox, *(closed() for _ in range(5)))
    async with database.writing() as session:
        mine = await outbox.lease(session, "routing", datetime.now(UTC), timedelta(seconds=10), 3)
    async with database.writing() as session:
        others = await outbox.lease(session, "routing", datetime.now(UTC), timedelta(seconds=10), 100)
    assert len(mine) == 3
    assert len(others) == 2
    assert not {letter.id for letter in mine} & {letter.id for letter in others}


async def test_a_relay_that_died_with_letters_in_hand_loses_none(
    database: Database, outbox: Outbox, relay: Relay
) -> None:
    await publish(database, outbox, closed())
    async with database.writing() as session:
        await outbox.lease(session, "routing", datetime.now(UTC), timedelta(seconds=-1), 10)
    assert await relay.drain() == 1


async def test_publishing_wakes_the_relay_after_the_commit(database: Database, outbox: Outbox) -> None:
    woken: list[set[str]] = []

    async def seen() -> int:
        async with database.reading() as session:
            return len((await session.execute(select(TABLES.outbox.c.id))).all())

    database.on_publish = lambda peers: woken.append(set(peers))
    async with database.writing() as session:
        await outbox.add(session, [closed()])
        assert not woken
    assert woken == [{"routing"}]
    assert await seen() == 1
    async with database.writing() as session:
        await session.execute(select(TABLES.outbox.c.id))
    assert woken == [{"routing"}], "a transaction that published nothing wakes nobody"
