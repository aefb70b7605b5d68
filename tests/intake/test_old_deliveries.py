"""A database of before deliveries were stored first: its calls go on, and the way back loses nothing.

There, an event stood interpreted, in canonical form; what meant nothing stood as it came.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import column, insert, select, table

from services.intake.app import vault_from
from services.intake.calls.repository import CALLS
from services.intake.contacts.repository import CONTACTS
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.settings import Settings
from services.intake.vault import delivery_context, key_of
from shared.clock import SettableClock
from shared.database import Database, UtcDateTime
from shared.migrating import configuration, migrate
from shared.vocabulary import Role
from tests.bench import Bench, start_bench
from tests.databases import Databases
from tests.intake.test_telephony import ANSWERED, RINGS_IN, call_event, report, the_call

BEFORE = "intake_0004"
ENDED = call_event(50, "ended")
GIBBERISH = "what is this"
RESTARTED = {"source": "pbx", "delivery_id": "restart", "occurred_at": "2026-03-10T09:00:30Z"}
_OLD_ROWS = table(
    "call_deliveries",
    *(column(name) for name in ("source", "delivery_id", "kind", "call_id", "sealed", "sealed_key")),
    *(column(name, UtcDateTime()) for name in ("occurred_at", "received_at")),
)


class Standing:
    """A database that is there already, in place of fresh ones."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def fresh(self, service: str) -> str:
        return self.url

    async def drop_all(self) -> None:
        """The test that made it drops it."""


async def back(database: Database, revision: str) -> None:
    """Downgrade an intake database to that revision."""
    async with database.engine.execution_options(begins_writing=True).begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration("intake", sync), revision))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    yield database
    await database.close()


class OldStore:
    """Writes rows as the older schema had them."""

    def __init__(self, database: Database, data: Path, clock: SettableClock) -> None:
        self._database, self._clock = database, clock
        self._ring = vault_from(Settings(data=data)).ring

    async def keep(self, kind: str, named: dict[str, Any], came: str) -> None:
        source, delivery_id, moment = named["source"], named["delivery_id"], named.get("occurred_at")
        sealed = self._ring.seal(came, delivery_context(source, delivery_id))
        row = {"source": source, "delivery_id": delivery_id, "kind": kind, "sealed": sealed}
        row |= {"sealed_key": key_of(sealed), "call_id": named.get("call_id")}
        row["occurred_at"] = None if moment is None else datetime.fromisoformat(moment)
        async with self._database.engine.begin() as connection:
            await connection.execute(insert(_OLD_ROWS).values(**row, received_at=self._clock.now()))

    async def keep_event(self, kind: str, call_event: dict[str, Any]) -> None:
        await self.keep(kind, call_event, json.dumps(call_event))


async def states(bench: Bench) -> dict[str, tuple[str, str]]:
    async with bench.app.state.database.reading() as session:
        rows = await session.execute(select(DELIVERIES))
        return {row.delivery_id: (row.form, row.state) for row in rows}


async def test_calls_of_old_rows_go_on_with_what_is_reported_now(
    databases: Databases, clock: SettableClock, tmp_path: Path
) -> None:
    url = await databases.fresh("intake")
    async with opened(url) as database:
        await back(database, BEFORE)
        old = OldStore(database, tmp_path, clock)
        await old.keep_event("event", RINGS_IN)
        await old.keep_event("event", {**RINGS_IN, "call_id": "call-2", "delivery_id": "rang-on"})
        await old.keep_event("restart", RESTARTED)
        await old.keep("uninterpretable", {"source": "asterisk", "delivery_id": "line"}, GIBBERISH)
        await migrate(database, "intake")
    async with start_bench("intake", Standing(url), clock, tmp_path) as intake:
        await report(intake, ANSWERED, {**call_event(3, "offered"), "call_id": "call-2"})
        await report(intake, RINGS_IN)

        call, cut = await the_call(intake), await the_call(intake, "call-2")
        assert (call["outcome"], call["visits"][0]["wait_seconds"]) == ("answered", 5.0)
        assert (cut["outcome"], cut["started_at"]) == ("lost", "2026-03-10T09:00:00Z")
        assert await intake.count(CALLS) == await intake.count(CONTACTS) == 2
        assert (await states(intake))["line"] == ("asterisk", "set_aside")
        again = await intake.client(Role.OPERATIONS).post("/v1/telephony/deliveries/rerun")
        assert again.json() == {"rerun": 1}
        assert len(await states(intake)) == 6


async def test_the_way_back_and_forth_again_keeps_what_came_and_how_to_read_it(
    databases: Databases, clock: SettableClock, tmp_path: Path
) -> None:
    url = await databases.fresh("intake")
    async with start_bench("intake", Standing(url), clock, tmp_path) as intake:
        await report(intake, RINGS_IN, ANSWERED)
        line = "1773133200|pbx-1|socialservice|NONE|ENTERQUEUE||4520000001|1\nwhat is this\n"
        client = intake.client(Role.TELEPHONY)
        await client.post("/v1/telephony/asterisk", content=line, headers={"Content-Type": "text/plain"})
        await intake.settle()
        await client.post("/v1/telephony/events", json=ENDED)
        before = await states(intake)
        assert {state for _, state in before.values()} == {"event", "set_aside", "unread"}
    async with opened(url) as database:
        await back(database, BEFORE)
        await migrate(database, "intake")
    async with start_bench("intake", Standing(url), clock, tmp_path) as intake:
        clock.set(clock.now().replace(minute=1))
        await report(intake, call_event(55, "offer_missed"))
        after = await states(intake)

        before[ENDED["delivery_id"]] = ("events", "event")
        assert {name: after[name] for name in before} == before
        assert await intake.count(CALLS) == await intake.count(CONTACTS) == 2
        call = await the_call(intake)
        assert (call["outcome"], call["gone_at"]) == ("answered", "2026-03-10T09:00:50Z")
        assert (await the_call(intake, "pbx-1"))["visits"][0]["queue"] == "socialservice"
