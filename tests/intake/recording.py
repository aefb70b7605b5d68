"""Recordings of real exchanges that some tests read. They are never part of the project."""

import os
from pathlib import Path

import pytest

from services.intake.telephony.asterisk_queue_log.lines import cut
from services.intake.telephony.asterisk_queue_log.meaning import queue_log_event
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import RawDelivery

_SHARED = Path(__file__).parents[3] / "shared" / "data"
QUEUE_LOG = _SHARED / "asterisk" / "queue_log"
AMI = _SHARED / "asterisk" / "ami.jsonl"
PHONE_CALLS = _SHARED / "phone-calls.csv.gz"


def _needs(file: Path) -> pytest.MarkDecorator:
    """Skipped where there are no recordings; where nothing may be skipped and there are some, it
    must be one.
    """
    must_be_there = "DSI_TEST_NOTHING_SKIPPED" in os.environ and _SHARED.exists()
    return pytest.mark.skipif(not file.exists() and not must_be_there, reason=f"{file.name} is not here")


needs_recording = _needs(QUEUE_LOG)
needs_phone_calls = _needs(PHONE_CALLS)


def meanings_of(log: bytes) -> list[CallEvent | ExchangeRestart | None]:
    """What each line of a queue log means that can be understood."""
    return [
        queue_log_event(RawDelivery("asterisk", delivery_id, "asterisk", text))
        for delivery_id, text in cut(log)
    ]
