"""An intake service for tests, on both databases."""

import pytest

from tests.bench import Bench
from tests.conftest import StartService


@pytest.fixture
async def intake(start_service: StartService) -> Bench:
    """Intake with the example lines, an empty outbox and no peers."""
    return await start_service("intake")
