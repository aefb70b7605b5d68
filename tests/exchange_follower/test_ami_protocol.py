"""AMI's line protocol: the same messages however the bytes are cut, and nothing believed that is none."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_follower.ami_protocol import (
    LONGEST_LINE,
    MOST_LINES,
    AmiReader,
    Message,
    written,
)

STREAM = (
    b"Asterisk Call Manager/9.0.0\r\n"
    b"Response: Success\r\nActionID: dsi-login\r\nMessage: Authentication accepted\r\n\r\n"
    b"Event: QueueCallerJoin\r\nCallerIDName: J\xc3\xb8rgen: 1\r\nQueue:\r\n\r\n"
    b"\r\n\r\n"
    b"Event: Hangup\nCause-txt: Normal Clearing\n\n"
)
MESSAGES = [
    {"Response": "Success", "ActionID": "dsi-login", "Message": "Authentication accepted"},
    {"Event": "QueueCallerJoin", "CallerIDName": "Jørgen: 1", "Queue": ""},
    {"Event": "Hangup", "Cause-txt": "Normal Clearing"},
]


def read(*pieces: bytes) -> list[Message]:
    reader = AmiReader()
    return [message for piece in pieces for message in reader.feed(piece)]


def test_messages_are_read_as_they_are_written() -> None:
    assert read(STREAM) == MESSAGES


def test_a_cut_at_any_byte_changes_nothing() -> None:
    assert read(*(STREAM[at : at + 1] for at in range(len(STREAM)))) == MESSAGES
    for at in range(len(STREAM)):
        assert read(STREAM[:at], STREAM[at:]) == MESSAGES


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_cuts_change_nothing(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    assert read(*(STREAM[a:b] for a, b in pairwise(places))) == MESSAGES


@given(garbage=st.binary(max_size=400))
def test_garbage_before_an_empty_line_does_not_touch_what_follows(garbage: bytes) -> None:
    assert read(garbage + b"\r\n\r\n" + STREAM)[-3:] == MESSAGES


@pytest.mark.parametrize("piece", [1, 1000, 10_000_000])
def test_an_endless_line_takes_its_message_with_it_and_is_not_kept(piece: int) -> None:
    endless = b"Event: X\r\nKey: " + b"x" * 50_000 + b"\r\nMore: 1\r\n\r\n"
    reader = AmiReader()
    messages = [
        message for at in range(0, len(endless), piece) for message in reader.feed(endless[at : at + piece])
    ]
    assert messages == []
    assert list(reader.feed(STREAM)) == MESSAGES
    assert reader.dropped == 2  # the endless line, and the greeting


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    reader = AmiReader()
    for _ in range(50):
        assert list(reader.feed(b"x" * LONGEST_LINE)) == []
        assert len(reader._rest) <= LONGEST_LINE


def test_a_message_without_an_end_does_not_fill_the_memory() -> None:
    reader = AmiReader()
    assert list(reader.feed(b"".join(b"K%d: 1\r\n" % n for n in range(3 * MOST_LINES)))) == []
    assert len(reader._message) <= MOST_LINES
    assert list(reader.feed(b"\r\n" + STREAM)) == MESSAGES


def test_an_action_is_one_value_a_line_and_never_two() -> None:
    assert written("Login", {"Username": "dsi"}) == b"Action: Login\r\nUsername: dsi\r\n\r\n"
    for value in ("dsi\r\nAction: Originate", "a\nb", "a\rb"):
        with pytest.raises(ValueError, match="one line"):
            written("Login", {"Username": value})
