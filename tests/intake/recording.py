"""The recording of a real exchange that some tests read. It is never part of the project."""

from pathlib import Path

import pytest

QUEUE_LOG = Path(__file__).parents[3] / "shared" / "data" / "asterisk" / "queue_log"

needs_recording = pytest.mark.skipif(not QUEUE_LOG.exists(), reason="the recorded queue log is not here")
