"""A log that another process writes, renames, empties and starts again: each complete line, each once."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_follower.log_reader import LogReader
from exchange_follower.position import Mark
from tests.examples import examples


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "queue_log"


def write(log: Path, text: str) -> None:
    with log.open("a") as out:
        out.write(text)


def all_of(reader: LogReader) -> list[str]:
    """What is read in one go, over however many steps it takes to pass from file to file."""
    read = [reader.lines(100) for _ in range(8)]
    return [line.decode() for lines in read for line in lines]


def test_a_log_that_is_not_there_yet_is_read_once_it_is(log: Path) -> None:
    reader = LogReader(log, None)
    assert all_of(reader) == []
    write(log, "1|a\n")
    assert all_of(reader) == ["1|a\n"]
    assert all_of(reader) == []


def test_a_line_is_given_when_its_end_is_there(log: Path) -> None:
    write(log, "1|a\n2|b")
    reader = LogReader(log, None)
    assert all_of(reader) == ["1|a\n"]
    write(log, "\n")
    assert all_of(reader) == ["2|b\n"]


def test_a_renamed_log_is_read_to_its_end_before_its_successor(log: Path) -> None:
    write(log, "1|a\n")
    reader = LogReader(log, None)
    assert all_of(reader) == ["1|a\n"]
    rotated = log.with_name("queue_log.1")
    log.rename(rotated)
    # Asterisk still writes to the file it has open, also after logrotate has made the new one.
    write(rotated, "2|b\n")
    log.touch()
    assert all_of(reader) == ["2|b\n"]
    write(rotated, "3|c\n")
    write(log, "4|d\n")
    assert all_of(reader) == ["3|c\n", "4|d\n"]


def test_a_line_left_without_its_end_in_a_renamed_log_is_given(log: Path) -> None:
    write(log, "1|a\n2|b")
    reader = LogReader(log, None)
    assert all_of(reader) == ["1|a\n"]
    log.rename(log.with_name("queue_log.1"))
    write(log, "3|c\n")
    assert all_of(reader) == ["2|b", "3|c\n"]


def test_an_emptied_log_is_read_from_its_beginning_and_its_rest_from_the_copy(log: Path) -> None:
    write(log, "1|a\n")
    reader = LogReader(log, None)
    assert all_of(reader) == ["1|a\n"]
    write(log, "2|b\n")
    shutil.copy(log, log.with_name("queue_log.1"))
    os.truncate(log, 0)
    write(log, "3|c\n")
    assert all_of(reader) == ["2|b\n", "3|c\n"]


def test_an_emptied_log_that_has_outgrown_its_old_length_is_noticed(log: Path) -> None:
    write(log, "1|a\n")
    reader = LogReader(log, None)
    assert all_of(reader) == ["1|a\n"]
    os.truncate(log, 0)
    write(log, "2|b\n3|c\n")
    assert all_of(reader) == ["2|b\n", "3|c\n"]


def test_after_a_restart_reading_goes_on_in_the_renamed_file_and_all_that_came_after_it(log: Path) -> None:
    write(log, "1|a\n2|b\n")
    reader = LogReader(log, None)
    assert [line.decode() for line in reader.lines(1)] == ["1|a\n"]
    mark = reader.mark
    reader.close()
    for number, text in ((2, "3|c\n"), (1, "4|d\n")):
        log.rename(log.with_name(f"queue_log.{number}"))
        write(log, text)
        moment = 1_795_312_000 - number
        os.utime(log.with_name(f"queue_log.{number}"), (moment, moment))
    assert all_of(LogReader(log, mark)) == ["2|b\n", "3|c\n", "4|d\n"]


def test_a_file_that_was_given_the_same_inode_is_not_taken_for_the_old_one(log: Path) -> None:
    write(log, "1|a\n")
    reader = LogReader(log, None)
    all_of(reader)
    mark = reader.mark
    assert mark is not None
    os.truncate(log, 0)
    write(log, "7|other\n")
    assert (log.stat().st_dev, log.stat().st_ino) == (mark.device, mark.inode)
    assert all_of(LogReader(log, mark)) == ["7|other\n"]


def test_a_log_that_was_lost_before_its_end_was_read_is_read_from_the_start(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(log, "7|other\n")
    mark = Mark(device=1, inode=1, offset=40, head_bytes=40, head="0" * 64)
    assert all_of(LogReader(log, mark)) == ["7|other\n"]
    assert "rotated away" in "".join(capsys.readouterr())


def test_bytes_that_are_no_text_and_endless_lines_are_read_all_the_same(log: Path) -> None:
    log.write_bytes(b"1|J\xf8rgen\n" + b"x" * 200_000 + b"\n2|b\n")
    read = b"".join(line for _ in range(10) for line in LogReader(log, None).lines(100)[:1])
    assert read.startswith(b"1|J\xf8rgen\n")
    reader = LogReader(log, None)
    whole = b"".join(line for _ in range(10) for line in reader.lines(100))
    assert whole == log.read_bytes()


def test_a_line_that_never_ends_does_not_fill_the_memory(log: Path) -> None:
    log.write_bytes(b"x" * 1_000_000)
    pieces = LogReader(log, None).lines(100)
    assert [len(piece) for piece in pieces] == [65_536]


def test_what_was_not_read_yet_is_counted_in_bytes(log: Path) -> None:
    assert LogReader(log, None).behind_bytes() == 0
    write(log, "1|a\n2|b\n")
    reader = LogReader(log, None)
    assert reader.behind_bytes() == 8
    reader.lines(1)
    assert reader.behind_bytes() == 4


@examples(60)
@given(
    steps=st.lists(
        st.sampled_from(["write", "write half", "read", "rename", "empty", "restart"]),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_happens_to_the_log_each_line_is_read_once_and_in_order(
    steps: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("log") / "queue_log"
    log.write_bytes(b"0|the beginning\n")
    reader, written, moment = LogReader(log, None), b"0|the beginning\n", 1_700_000_000
    read, kept_mark = b"".join(reader.lines(3)), reader.mark

    def put(data: bytes) -> None:
        with log.open("ab") as out:
            out.write(data)

    for number, step in enumerate(steps, start=1):
        match step:
            case "write" | "write half":
                line = b"%d|%s" % (number, step.encode()) + (b"\n" if step == "write" else b"")
                put(line)
                written += line
            case "read":
                given = b"".join(reader.lines(3))
                read, kept_mark = read + given, reader.mark if given else kept_mark
            case "rename" | "empty" if log.exists() and log.stat().st_size:
                kept = log.with_name(f"queue_log.{number}")
                shutil.copy(log, kept) if step == "empty" else log.rename(kept)
                os.utime(kept, (moment + number, moment + number))
                if step == "empty":
                    os.truncate(log, 0)
            case "restart":
                reader.close()
                reader = LogReader(log, kept_mark)
    put(b"9999|the end\n")
    for _ in range(4 * len(steps) + 4):
        read += b"".join(reader.lines(3))
    reader.close()
    assert read == written + b"9999|the end\n"
