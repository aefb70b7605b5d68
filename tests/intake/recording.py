"""Recordings of real exchanges that some tests read. They are never part of the project."""

import os
from pathlib import Path

import pytest

_SHARED = Path(__file__).parents[3] / "shared" / "data"
QUEUE_LOG = _SHARED / "asterisk" / "queue_log"
PHONE_CALLS = _SHARED / "phone-calls.csv.gz"


def _needs(file: Path) -> pytest.MarkDecorator:
    """Skipped where there are no recordings; where nothing may be skipped and there are some, it must be one."""
    must_be_there = "DSI_TEST_NOTHING_SKIPPED" in os.environ and _SHARED.exists()
    return pytest.mark.skipif(not file.exists() and not must_be_there, reason=f"{file.name} is not here")


needs_recording = _needs(QUEUE_LOG)
needs_phone_calls = _needs(PHONE_CALLS)
