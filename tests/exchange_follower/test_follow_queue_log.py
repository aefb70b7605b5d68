"""The follower of a queue_log: every line arrives, and none twice, however the log is cut and
whichever side fails.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_follower.courier import Courier, signed_with
from exchange_follower.log_reader import LogReader
from exchange_follower.position import keep_position, read_position
from exchange_follower.queue_log import QueueLogFollower, recent
from services.intake.telephony.asterisk_queue_log.lines import cut
from services.intake.telephony.signatures import Signatures
from tests.examples import examples
from tests.exchange_follower.asterisk_fakes import FakeIntake
from tests.intake.recording import QUEUE_LOG, needs_recording

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Following:
    """A log, a follower that can be killed and started again, and an intake."""

    def __init__(self, folder: Path) -> None:
        self.log, self.kept_in = folder / "queue_log", folder / "position.json"
        self.intake = FakeIntake()
        self.reader = LogReader(self.log, None)
        self.start()

    def start(self) -> None:
        self.reader.close()
        position = read_position(self.kept_in)
        self.reader = LogReader(self.log, position.mark)
        self.follower = QueueLogFollower(self.reader, self.intake.courier(), self.kept_in, position)

    def write(self, text: str | bytes) -> None:
        with self.log.open("ab") as out:
            out.write(text if isinstance(text, bytes) else text.encode())

    async def catch_up(self) -> None:
        while await self.follower.step():
            pass


@pytest.fixture
def following(tmp_path: Path) -> Following:
    return Following(tmp_path)


RING = "1795312332|pbx-1.0|q|Bo|RINGNOANSWER|0\n"


async def test_lines_arrive_as_they_are_written_and_only_then(following: Following) -> None:
    assert not await following.follower.step()
    following.write("1795312303|pbx-1.0|q|NONE|ENTERQUEUE||4520000001|1\n1795312304|pbx-1.0|q|An")
    await following.catch_up()
    assert list(following.intake.stored.values()) == ["1795312303|pbx-1.0|q|NONE|ENTERQUEUE||4520000001|1"]
    following.write("na|CONNECT|1|pbx-1.1|1\n")
    await following.catch_up()
    assert len(following.intake.stored) == 2
    (_, request) = following.intake.requests
    assert request.url.params["source"] == "pbx"
    assert request.headers["content-type"].startswith("text/plain")


async def test_equal_lines_of_one_second_stay_two_when_they_are_read_apart(following: Following) -> None:
    for _ in range(3):
        following.write(RING)
        await following.catch_up()
    assert list(following.intake.stored) == [delivery_id for delivery_id, _ in cut(RING.encode() * 3)]


async def test_equal_lines_stay_two_across_a_rotation_and_a_restart(following: Following) -> None:
    following.write(RING)
    await following.catch_up()
    following.log.rename(following.log.with_name("queue_log.1"))
    following.write(RING)
    following.start()
    await following.catch_up()
    await following.catch_up()
    assert following.intake.lines() == Counter({RING.strip(): 2})


async def test_lines_that_are_no_lines_of_a_queue_log_arrive_as_often_as_they_were_written(
    following: Following,
) -> None:
    for second in (1, 2, 2, 3):
        following.write(f"{second}|NONE|NONE|NONE|CONFIGRELOAD|\nwhat is this\n")
        await following.catch_up()
    assert following.intake.lines()["what is this"] == 4


async def test_a_name_in_latin_1_arrives_as_it_was_meant(following: Following) -> None:
    following.write("1|pbx-1|q|Jørgen|CONNECT|1\n".encode("latin-1"))
    await following.catch_up()
    assert following.intake.lines() == Counter({"1|pbx-1|q|Jørgen|CONNECT|1": 1})


async def test_a_lost_receipt_or_a_kill_before_the_position_was_kept_doubles_nothing(
    following: Following,
) -> None:
    following.write(RING * 2)
    following.intake.lost_receipts = 1
    await following.catch_up()
    following.kept_in.unlink()
    following.start()
    following.write(RING)
    await following.catch_up()
    assert following.intake.lines() == Counter({RING.strip(): 3})


async def test_while_intake_is_away_lines_wait_and_its_retry_after_is_followed(following: Following) -> None:
    following.write(RING)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)

    def away() -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    following.intake.answers = [
        away,
        lambda: httpx.Response(503, headers={"Retry-After": "7"}),
        lambda: httpx.Response(503, headers={"Retry-After": soon}),
        lambda: httpx.Response(429, headers={"Retry-After": "whenever"}),
        lambda: httpx.Response(401),
    ]
    await following.catch_up()
    assert following.intake.lines() == Counter({RING.strip(): 1})
    pauses = following.intake.pauses
    assert (pauses[0] <= 0.5, pauses[1], 80 < pauses[2] <= 90) == (True, 7, True)
    assert pauses[3] <= 4
    assert pauses[4] <= 8


async def test_pauses_grow_to_a_minute_and_an_endless_retry_after_is_cut_short(following: Following) -> None:
    following.write(RING)
    following.intake.answers = [lambda: httpx.Response(500) for _ in range(12)]
    following.intake.answers.append(lambda: httpx.Response(503, headers={"Retry-After": "1e9"}))
    await following.catch_up()
    assert all(pause <= 60 for pause in following.intake.pauses[:12])
    assert following.intake.pauses[11] >= 30
    assert following.intake.pauses[12] == 600


async def test_while_intake_refuses_the_position_is_kept_and_a_new_run_goes_on(following: Following) -> None:
    following.write("1|NONE|NONE|NONE|QUEUESTART|\n")
    await following.catch_up()
    before = following.kept_in.read_bytes()

    class Killed(BaseException):
        pass

    def killed() -> httpx.Response:
        raise Killed

    following.write(RING)
    following.intake.answers = [killed]
    with pytest.raises(Killed):
        await following.follower.step()
    assert following.kept_in.read_bytes() == before
    following.start()
    await following.catch_up()
    assert following.intake.lines() == Counter({"1|NONE|NONE|NONE|QUEUESTART|": 1, RING.strip(): 1})


def test_a_damaged_position_is_an_error_and_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "position.json").write_text("{")
    with pytest.raises(ValueError, match=r"position\.json"):
        read_position(tmp_path / "position.json")


async def test_only_its_owner_can_read_the_position(following: Following) -> None:
    following.write(RING)
    await following.catch_up()
    assert following.kept_in.stat().st_mode & 0o777 == 0o600
    assert read_position(following.kept_in).log == str(following.log)
    keep_position(following.kept_in, read_position(following.kept_in))


async def test_requests_are_signed_so_that_intake_takes_them(following: Following) -> None:
    courier = Courier(following.intake.client(), "/v1/telephony/asterisk", signed_with(SECRET), source="pbx")
    await courier.carry("1|NONE|NONE|Jørgen|PAUSE|", "text/plain; charset=utf-8")
    (request,) = following.intake.requests
    assert Signatures(SECRET).is_valid(request.content, request.headers)
    assert not Signatures(SECRET).is_valid(request.content + b" ", request.headers)


def test_what_is_sent_again_is_bounded_whatever_the_exchange_writes() -> None:
    assert len(recent([RING] * 5000)) == 400
    assert sum(map(len, recent(["5|" + "x" * 60_000] * 9))) <= 100_000
    assert recent([]) == ()
    assert recent(["junk"]) == ("junk",)


def test_a_misprinted_moment_does_not_make_the_second_forgotten() -> None:
    assert recent([RING, "99999999999|misprint|q|Bo|CONNECT|1", RING]) == (
        RING,
        "99999999999|misprint|q|Bo|CONNECT|1",
        RING,
    )


@needs_recording
async def test_the_recorded_log_arrives_whole_when_it_is_read_byte_by_byte(following: Following) -> None:
    recorded = QUEUE_LOG.read_bytes()
    for start in range(0, len(recorded), 97):
        following.write(recorded[start : start + 97])
        await following.catch_up()
    assert list(following.intake.stored.items()) == list(cut(recorded))


SECONDS = st.lists(st.sampled_from([0, 0, 0, 0, 1, 1, -1, 3]), max_size=40)


@pytest.mark.slow
@examples(150)
@given(steps=SECONDS, seed=st.integers(0, 2**32), cuts=st.integers(1, 5))
async def test_however_the_log_is_cut_and_the_follower_killed_each_line_has_the_id_it_has_in_the_whole(
    steps: list[int], seed: int, cuts: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance, second, lines = random.Random(seed), 1_795_312_000, list[str]()
    latest = second
    for step in steps:
        # A thread may write a line of a second after one of the next, but not later.
        second = max(latest - 1, second + step)
        latest = max(latest, second)
        lines.append(
            f"{second}|pbx-1.{chance.randrange(2)}|q|Bo|RINGNOANSWER|0\n"
            if chance.random() < 0.9
            else "junk\n"
        )
    following = Following(tmp_path_factory.mktemp("follow"))
    for start in range(0, len(lines), cuts):
        following.write("".join(lines[start : start + cuts]))
        kept = following.kept_in.read_bytes() if following.kept_in.exists() else None
        await following.catch_up()
        match chance.randrange(4):
            case 0:
                following.start()
            case 1 if kept is not None:
                # Killed after intake had stored the lines, before the position was kept.
                following.kept_in.write_bytes(kept)
                following.start()
            case 2:
                following.log.rename(following.log.with_name(f"queue_log.{start}"))
    await following.catch_up()
    following.reader.close()
    assert following.intake.stored == dict(cut("".join(lines).encode()))
    assert len(following.intake.stored) == len(lines)
