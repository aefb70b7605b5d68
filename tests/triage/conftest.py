"""A triage service on the bench, on both databases."""

import pytest

from tests.bench import Bench
from tests.conftest import StartService


@pytest.fixture
async def triage_service(start_service: StartService) -> Bench:
    """Triage with the named offers, an empty outbox and no peers."""
    return await start_service("triage")
