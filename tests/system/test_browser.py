"""The first page in a real Chromium: what it shows, and whether everybody can use it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tests.system.processes import Process, free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CHROMIUM = shutil.which("chromium")
#: Chromium on its own: nothing of it may go looking for its maker.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PICTURES = Path(os.environ.get("DSI_TEST_PICTURES", "build/pictures"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if CHROMIUM is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "apt install chromium comes first"
        pytest.skip("Chromium is not installed: apt install chromium")
    process = Process(tmp_path_factory.mktemp("system"), None, free_port(), {})
    process.start()
    try:
        process.wait_until_ready("/intake/health/ready")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            opened = browser.new_page(base_url=process.url, locale="da-DK")
            opened.goto("/")
            yield opened
            browser.close()
    finally:
        process.stop()


def test_the_front_page_has_the_queues_and_services(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Din Sociale Indgang")
    reception = page.get_by_role("table", name="Telefon, skranke og post lige nu")
    expect(reception.get_by_role("row")).to_have_count(4)
    teams = page.get_by_role("table", name="Én kø for hver enhed lige nu")
    expect(teams.get_by_role("row")).to_have_count(17)
    expect(page.get_by_text("Kører", exact=True)).to_have_count(3)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "front.png", full_page=True)


def test_axe_finds_no_barrier(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_can_be_used_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Gå til indholdet")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_is_lost_on_a_narrow_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    page.screenshot(path=PICTURES / f"front-{width}.png", full_page=True)


def test_the_documentation_works_without_the_world_outside(page: Page) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto("/intake/docs")
    expect(page.get_by_text("Register a contact").first).to_be_visible()
    assert requested
    assert not [url for url in requested if not url.startswith((page.url.split("/intake")[0], "data:"))]
