"""A running system, a real Chromium, and people who use its desk."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.system.processes import Process, free_port
from tests.system.test_browser import FLAGS, PICTURES

CHROMIUM = shutil.which("chromium")


class Town:
    """The system as a process, and what people outside the desk do to it."""

    def __init__(self, process: Process, tokens: Any) -> None:
        self.process = process
        self._tokens = tokens

    @property
    def url(self) -> str:
        return self.process.url

    def start(self) -> None:
        self.process.start()
        self.process.wait_until_ready("/intake/health/ready")
        self.process.wait_until_ready("/routing/health/ready")

    def sends(self, path: str, body: Any, role: Role = Role.SERVICE) -> httpx.Response:
        """A request to a service by a client without the desk."""
        token = self._tokens.for_service("town", role)
        answer = httpx.post(
            self.url + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        answer.raise_for_status()
        return answer

    def walks_in(self) -> str:
        """Somebody takes a ticket; gives the reference."""
        reference: str = self.sends("/intake/v1/contacts", {"channel": "walk_in"}).json()["reference"]
        return reference


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    if CHROMIUM is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "apt install chromium comes first"
        pytest.skip("Chromium is not installed: apt install chromium")
    data = tmp_path_factory.mktemp("system")
    town = Town(Process(data, None, free_port(), {}), AllInOne(data).apps["intake"].state.tokens)
    town.start()
    yield town
    town.process.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


#: `opens(name="Anna")`: somebody's browser, signed in, with a page of their role before them.
Opens = Callable[..., Page]


@pytest.fixture
def opens(town: Town, chromium: Browser) -> Iterator[Opens]:
    contexts: list[BrowserContext] = []

    def open_(name: str = "Anna", role: Role = Role.RECEPTION, **more: Any) -> Page:
        size = more.pop("viewport", {"width": 1280, "height": 800})
        context = chromium.new_context(base_url=town.url, locale="da-DK", viewport=size, **more)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        sign_in(page, name, role)
        return page

    yield open_
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str = "Anna", role: Role = Role.RECEPTION) -> None:
    """By the development sign-in."""
    page.goto("/sign-in")
    page.fill("#name", name)
    page.check(f"#role-{role.value}")
    page.click("main button.button-primary")
    page.wait_for_load_state()


def picture(page: Page, name: str) -> None:
    """Kept by the run, to be looked at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def report_measure(text: str) -> None:
    """What was measured: printed by `pytest -s` and when a test fails."""
    sys.stdout.write(f"\n{text}\n")
