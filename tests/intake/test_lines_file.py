"""A city configures its lines in a file, which is applied at every start."""

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from pydantic import ValidationError
from sqlalchemy import JSON, Boolean, Date, column, insert, select, table

from services.intake.contacts.repository import CONTACTS
from services.intake.lines import repository
from services.intake.lines.lines import Lines
from services.intake.lines.service import read_lines_file, store_lines
from services.intake.problems import ContradictingLines
from shared.database import Database
from shared.migrating import configuration, migrate
from shared.unit_of_work import unit_of_work
from shared.vocabulary import Channel, Role
from tests.bench import Bench
from tests.databases import Databases
from tests.intake.test_telephony import RINGS_IN

FILE = """
lines:
  - {code: hovednummer, name: Nyt navn, channel: phone, reception_queue: reception-phone, valid_from: 2025-01-01,
     valid_to: 2026-03-31}
  - {code: kff, name: KFF, channel: phone, reception_queue: reception-phone, valid_from: 2026-04-01,
     is_default: true, telephony_queues: [socialservice]}
"""


async def test_the_file_changes_known_lines_adds_new_ones_and_leaves_the_rest(
    intake: Bench, tmp_path: Path
) -> None:
    (tmp_path / "lines.yaml").write_text(FILE)
    state = intake.app.state
    for _ in range(2):
        async with state.database.writing() as session:
            await store_lines(unit_of_work(state, session), read_lines_file(tmp_path / "lines.yaml"))
    async with state.database.reading() as session:
        lines = {line.code: line for line in await repository.read_lines(session)}

    assert lines["hovednummer"].name == "Nyt navn"
    assert str(lines["hovednummer"].valid_to) == "2026-03-31"
    assert lines["kff"].is_default
    assert lines["postkassen"].channel is Channel.WRITTEN


async def test_the_periods_of_a_line_are_those_of_the_file(intake: Bench, tmp_path: Path) -> None:
    (tmp_path / "lines.yaml").write_text(FILE)
    state = intake.app.state
    versions = []
    for _ in range(2):
        async with state.database.writing() as session:
            await store_lines(unit_of_work(state, session), read_lines_file(tmp_path / "lines.yaml"))
        async with state.database.reading() as session:
            stored = await repository.read_lines(session)
        versions.append(stored.version)

    assert [str(line.valid_from) for line in stored if line.code == "hovednummer"] == ["2025-01-01"]
    assert len([line for line in stored if line.code == "ungelinjen"]) == 2
    assert versions[0] == versions[1]


async def test_of_a_file_with_conflicting_lines_nothing_is_stored(intake: Bench, tmp_path: Path) -> None:
    (tmp_path / "lines.yaml").write_text(FILE.replace("2026-03-31", "2026-04-01, is_default: true"))
    state = intake.app.state
    with pytest.raises(ContradictingLines, match="kff from 2026-04-01: hovednummer from 2025-01-01 is the"):
        async with state.database.writing() as session:
            await store_lines(unit_of_work(state, session), read_lines_file(tmp_path / "lines.yaml"))

    listed = (await intake.client(Role.OPERATIONS).get("/v1/lines")).json()["items"]
    assert "kff" not in {line["code"] for line in listed}


@pytest.mark.parametrize(
    "text", ["lines: [{code: X}]", "lines: 1", "[]", FILE.replace("valid_to", "valid_till")]
)
def test_a_file_that_is_wrong_stops_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "lines.yaml").write_text(text)
    with pytest.raises(ValidationError):
        read_lines_file(tmp_path / "lines.yaml")


async def test_events_received_before_any_phone_line_is_configured_are_stored_and_interpreted_later(
    intake: Bench,
) -> None:
    lines, intake.app.state.lines = intake.app.state.lines, Lines([])
    answer = await intake.client(Role.TELEPHONY).post("/v1/telephony/events", json=RINGS_IN)

    assert (answer.status_code, answer.json()["new"]) == (202, 1)
    assert await intake.count(CONTACTS) == 0
    assert "dsi_intake_unread_deliveries 1.0" in (await intake.client(None).get("/metrics")).text

    intake.app.state.lines = lines
    assert await intake.count(CONTACTS) == 1


async def downgrade(database: Database, revision: str) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration("intake", sync), revision))


async def test_lines_from_before_they_had_periods_are_carried_over(databases: Databases) -> None:
    database = Database(await databases.fresh("intake"))
    await downgrade(database, "intake_0001")
    old = table(
        "lines",
        *map(column, ("code", "name", "channel", "reception_queue")),
        column("is_default", Boolean),
        column("telephony_queues", JSON),
        column("valid_from", Date),
    )
    values = {"code": "main", "name": "Main", "channel": "phone", "reception_queue": "q", "is_default": True}
    async with database.writing() as session:
        await session.execute(
            insert(old).values(**values, telephony_queues=["a"], valid_from=date(2025, 1, 1))
        )
    await migrate(database, "intake")
    async with database.reading() as session:
        stored = await repository.read_lines(session)
    await downgrade(database, "intake_0001")
    async with database.reading() as session:
        back = (await session.execute(select(old))).one()
    await database.close()

    (line,) = stored
    assert (stored.version, line.code, line.valid_from) == (1, "main", date(2025, 1, 1))
    assert (line.telephony_queues, line.administration, line.called_numbers) == (["a"], None, [])
    assert (back.code, back.telephony_queues) == ("main", ["a"])
