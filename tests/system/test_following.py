"""`dsi follow` as a process beside a running intake: killed, stopped, cut off, and nothing lost or
doubled.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange_follower.asterisk_fakes import FakeExchange, written
from tests.system.processes import ROOT, Process, free_port

PATIENCE_SECONDS = 60
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Follower:
    """One `dsi follow ...`; ended by its process id."""

    def __init__(self, folder: Path, *arguments: str | Path, **environment: str) -> None:
        self._command = [sys.executable, "-m", "services", "follow", *map(str, arguments)]
        self._environment = {**os.environ, **environment}
        self._log = folder / "follower.log"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def end(self, how: signal.Signals) -> int:
        self._running.send_signal(how)
        return self._running.wait(timeout=30)

    def log(self) -> str:
        return self._log.read_text(errors="replace")


def stored(data: Path) -> int:
    """How many deliveries intake has."""
    with closing(sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM call_deliveries").fetchone()[0])


def eventually(holds: Callable[[], bool], follower: Follower) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, follower.log()[-3000:]
        time.sleep(0.05)


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path, "intake", free_port(), {"DSI_WEBHOOK_SECRETS": SECRET})
    yield process
    process.stop()


class Log:
    """A queue_log that is written to. Every third line is equal to the one before it."""

    def __init__(self, file: Path) -> None:
        self.file, self.lines = file, 0

    def write(self, most: int) -> None:
        with self.file.open("ab") as out:
            for _ in range(most):
                self.lines += 1
                call = self.lines - self.lines // 3
                out.write(b"%d|pbx-%d.0|q|J\xf8rgen|RINGNOANSWER|0\n" % (1_795_312_000 + call, call))


@pytest.mark.slow
def test_a_followed_queue_log_arrives_whole_through_kills_rotations_and_outages(
    tmp_path: Path, intake: Process
) -> None:
    log = Log(tmp_path / "queue_log")
    url = ("--url", intake.url)
    follower = Follower(tmp_path, "queue-log", log.file, "--source", "pbx", *url, "--data", tmp_path)
    follower.start()  # neither the log nor intake is there yet
    intake.start()
    intake.wait_until_ready()
    log.write(300)
    eventually(lambda: stored(tmp_path) == 300, follower)

    log.write(2500)
    follower.end(signal.SIGKILL)
    with log.file.open("ab") as out:
        out.write(b"1795400000|pbx-x|q|An")
    follower.start()
    eventually(lambda: stored(tmp_path) > 300, follower)
    follower.end(signal.SIGKILL)
    log.file.rename(log.file.with_name("queue_log.1"))
    log.write(10)
    follower.start()
    eventually(lambda: stored(tmp_path) == log.lines + 1, follower)

    intake.stop()
    log.write(20)
    shutil.copy(log.file, log.file.with_name("queue_log.2"))
    os.truncate(log.file, 0)
    log.write(20)
    eventually(lambda: "intake takes nothing" in follower.log(), follower)
    intake.start()
    intake.wait_until_ready()
    eventually(lambda: stored(tmp_path) == log.lines + 1, follower)

    assert follower.end(signal.SIGTERM) == 0
    assert "Traceback" not in follower.log()
    time.sleep(0.5)
    assert stored(tmp_path) == log.lines + 1


def test_a_follower_elsewhere_needs_only_an_address_and_a_key(tmp_path: Path, intake: Process) -> None:
    intake.start()
    intake.wait_until_ready()
    log = Log(tmp_path / "queue_log")
    log.write(5)
    elsewhere = tmp_path / "elsewhere"
    arguments = ("queue-log", log.file, "--url", intake.url, "--data", elsewhere)
    follower = Follower(tmp_path, *arguments, DSI_FOLLOW_SECRET=SECRET)
    follower.start()
    eventually(lambda: stored(tmp_path) == 5, follower)
    second = Follower(tmp_path / "elsewhere", *arguments, DSI_FOLLOW_SECRET=SECRET)
    second.start()
    assert second._running.wait(timeout=30) == 1
    assert "another process follows" in second.log().replace("\n", " ")
    status = subprocess.run(
        [sys.executable, "-m", "services", "follow", "status", "--data", elsewhere],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert "0 bytes" in status.stdout
    assert follower.end(signal.SIGTERM) == 0


def test_ami_is_not_followed_without_a_password_from_the_environment(tmp_path: Path) -> None:
    refused = Follower(tmp_path, "ami", "--host", "127.0.0.1", "--user", "dsi", "--data", tmp_path)
    refused.start()
    assert refused._running.wait(timeout=30) == 1
    assert "DSI_AMI_SECRET" in refused.log()


def spooled(data: Path) -> int:
    """How many events wait in the follower's spool."""
    spool = data / "follow" / "pbx.ami.db"
    if not spool.exists():
        return 0
    with closing(sqlite3.connect(spool)) as database:
        known = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'waiting'").fetchone()[0]
        return int(database.execute("SELECT count(*) FROM waiting").fetchone()[0]) if known else 0


async def test_an_exchange_is_followed_over_ami_through_a_kill_and_an_intake_that_is_not_there_yet(
    tmp_path: Path, intake: Process
) -> None:
    def joins(first: int, last: int) -> list[bytes]:
        call = "1795312303.{0:06}"
        return [
            written(
                {"Event": "QueueCallerJoin", "Timestamp": call.format(n), "Linkedid": str(n), "Queue": "q"}
            )
            for n in range(first, last)
        ]

    exchange = FakeExchange([joins(0, 5), joins(5, 8), joins(8, 9), []])
    async with exchange.listening() as where:
        where_to = ("ami", "--host", where.host, "--port", str(where.port), "--user", where.user)
        options = ("--source", "pbx", "--url", intake.url, "--data", str(tmp_path))
        follower = Follower(tmp_path, *where_to, *options, DSI_AMI_SECRET="secret")
        follower.start()
        await asyncio.to_thread(eventually, lambda: spooled(tmp_path) == 9, follower)
        follower.end(signal.SIGKILL)
        await asyncio.to_thread(intake.start)
        await asyncio.to_thread(intake.wait_until_ready)
        follower.start()
        await asyncio.to_thread(eventually, lambda: stored(tmp_path) == 9, follower)
        await asyncio.to_thread(eventually, lambda: spooled(tmp_path) == 0, follower)
        assert await asyncio.to_thread(follower.end, signal.SIGTERM) == 0
    assert exchange.sessions >= 4
    assert "Traceback" not in follower.log()
    assert "secret" not in follower.log()
