"""What all tests share: both databases, a clock that tests set, and a bench that runs a service."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import _lru_cache_wrapper
from pathlib import Path

import fastapi.dependencies.models
import pytest
from hypothesis import settings

from shared.clock import SettableClock
from tests.bench import Bench, start_bench
from tests.databases import Databases, PostgresDatabases, SqliteDatabases, postgres_server

#: A Tuesday morning in Copenhagen, no holiday, winter time.
TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

StartService = Callable[[str], Awaitable[Bench]]

#: One profile for CI, where a busy machine must not fail a test, a thorough one (HYPOTHESIS_PROFILE=thorough),
#: and one of a few examples for `--quick`.
settings.register_profile("ci", deadline=None, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2000, print_blob=True)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

#: Fixtures of tests that need more than Python: left out by `--quick`.
_NOT_QUICK = {"databases", "postgres_url", "browser", "chromium", "system"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="only tests without database, browser or server")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--quick"):
        settings.load_profile("quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--quick`, leave out what needs more than Python or takes more than a moment."""
    if not config.getoption("--quick"):
        return
    system = Path(__file__).parent / "system"
    kept = [
        item
        for item in items
        if not _NOT_QUICK & set(getattr(item, "fixturenames", ())) and system not in item.path.parents
    ]
    items[:] = [
        item for item in kept if not (item.get_closest_marker("slow") or item.get_closest_marker("browser"))
    ]


@pytest.fixture(scope="module", autouse=True)
def apps_are_forgotten() -> Iterator[None]:
    """FastAPI remembers of thousands of functions what kind they are, and so keeps the apps they belong to.

    A server makes one app; the tests make hundreds, which filled gigabytes and slowed the garbage collector.
    """
    yield
    for remembered in vars(fastapi.dependencies.models).values():
        if isinstance(remembered, _lru_cache_wrapper):
            remembered.cache_clear()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: the one in DSI_TEST_POSTGRES_URL, or our own for this session."""
    given = os.environ.get("DSI_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # Short, because a Unix socket's path may have 107 characters only.
    folder = Path(tempfile.mkdtemp(prefix="dsi-pg-"))
    with postgres_server(folder) as url:
        yield url
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> Iterator[Databases]:
    databases = PostgresDatabases(postgres_url)
    yield databases
    # A server of our own goes with everything on it; one that was given is left as it was found.
    if os.environ.get("DSI_TEST_POSTGRES_URL"):
        asyncio.run(databases.drop_all())


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds of database, one after the other: every test that asks for it runs on both."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@pytest.fixture
def clock() -> SettableClock:
    """The city's clock; its time changes only when a test sets it."""
    return SettableClock(TUESDAY)


@pytest.fixture
async def start_service(
    databases: Databases, clock: SettableClock, tmp_path: Path
) -> AsyncIterator[StartService]:
    """Puts a service (by name) on a bench: empty migrated database, example data, no relay running."""
    async with AsyncExitStack() as stack:

        async def start(name: str) -> Bench:
            return await stack.enter_async_context(start_bench(name, databases, clock, tmp_path))

        yield start
