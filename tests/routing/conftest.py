"""Routing on a bench, with the example city loaded."""

import pytest

from tests.bench import Bench
from tests.conftest import StartService


@pytest.fixture
async def routing(start_service: StartService) -> Bench:
    return await start_service("routing")
