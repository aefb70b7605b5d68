"""Operations' pages and traces in a real Chromium: for everybody, with the keyboard alone, live, and on
paper.
"""

import os
import re
import shutil
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from shared.access import Tokens
from shared.settings import CommonSettings
from shared.vocabulary import Role
from tests.system.processes import Process, free_port
from tests.system.test_browser import FLAGS, PICTURES

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CHROMIUM = shutil.which("chromium")


class AllInOne:
    """The running system, and what people and exchanges outside the browser do to it."""

    def __init__(self, url: str, tokens: Tokens) -> None:
        self.url = url
        self._tokens = tokens

    def _client(self, role: Role) -> httpx.Client:
        token = self._tokens.for_development([role], [], "outside", 3600)
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def somebody_comes(self) -> str:
        """To the counter; gives the reference."""
        with self._client(Role.RECEPTION) as client:
            made = client.post("/intake/v1/contacts", json={"channel": "walk_in"})
            return str(made.raise_for_status().json()["reference"])

    def the_exchange_says(self, line: str) -> None:
        """A line of a queue log."""
        with self._client(Role.TELEPHONY) as client:
            headers = {"Content-Type": "text/plain"}
            client.post("/intake/v1/telephony/asterisk", content=line, headers=headers).raise_for_status()


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AllInOne]:
    if CHROMIUM is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "apt install chromium comes first"
        pytest.skip("Chromium is not installed: apt install chromium")
    data = tmp_path_factory.mktemp("system")
    process = Process(data, None, free_port(), {})
    process.start()
    try:
        process.wait_until_ready("/intake/health/ready")
        yield AllInOne(process.url, Tokens(CommonSettings(data=data)))
    finally:
        process.stop()


@pytest.fixture(scope="module")
def page(system: AllInOne) -> Iterator[Page]:
    """Otto of operations has signed in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(
            base_url=system.url, locale="da-DK", viewport={"width": 1280, "height": 900}
        )
        signs_in(opened, Role.OPERATIONS)
        yield opened
        browser.close()


def signs_in(page: Page, role: Role) -> None:
    page.goto("/sign-in")
    page.locator(f"input[name=role][value={role}]").check(force=True)
    page.locator("#name").fill("Otto")
    page.locator("main form button").click()
    page.wait_for_url(re.compile("^(?!.*sign-in).*$"))


def has_no_barrier(page: Page, name: str) -> None:
    """Axe finds nothing, nothing is lost at 320 px, and a picture is kept."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 800})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_board_follows_what_happens_without_losing_focus(system: AllInOne, page: Page) -> None:
    page.goto("/operations")
    row = page.get_by_role("row", name=re.compile("Indgangens skranke"))
    before = int(row.locator("strong").inner_text())
    link = row.get_by_role("link")
    link.focus()
    system.somebody_comes()
    expect(row.locator("strong")).to_have_text(str(before + 1), timeout=15_000)
    expect(link).to_be_focused()
    has_no_barrier(page, "operations")


def test_what_the_exchange_sent_badly_is_read_again_with_the_keyboard_alone(
    system: AllInOne, page: Page
) -> None:
    system.the_exchange_says("what is this")
    page.goto("/operations/systems")
    has_no_barrier(page, "operations-systems")
    button = page.get_by_role("button", name="Læs igen: Er ikke en linje fra kølogbogen")
    for _ in range(60):
        if button.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 meddelelser bliver læst igen")).to_be_visible()
    has_no_barrier(page, "operations-read-again")


def test_each_chart_has_its_numbers_as_a_table(system: AllInOne, page: Page) -> None:
    system.somebody_comes()
    page.goto("/operations/day?queue=reception-desk")
    chart = page.get_by_role("img", name=re.compile("^Henvendelser i hver time"))
    expect(chart).to_be_visible()
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Henvendelser i hver time")).to_be_visible()
    has_no_barrier(page, "operations-day")


def test_an_impossible_day_is_a_fault_at_its_field(page: Page) -> None:
    page.goto("/operations/day?day=2099-01-01")
    expect(page.locator("#day")).to_have_attribute("aria-invalid", "true")
    has_no_barrier(page, "operations-day-fault")


def test_a_trace_is_opened_with_the_keyboard_alone_and_asks_why(system: AllInOne, page: Page) -> None:
    reference = system.somebody_comes()
    page.goto("/operations")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/trace")
    page.locator("#reference").focus()
    page.keyboard.type(reference.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vælg et formål")).to_be_visible()
    expect(page.locator("#reference")).to_have_value(reference.lower())
    has_no_barrier(page, "trace-asks-why")
    page.locator("#purpose-1").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Spor for {reference}")
    expect(page.get_by_text("Modtaget: Fremmøde")).to_be_visible()
    has_no_barrier(page, "trace")


def test_on_paper_the_trace_is_without_menus_and_buttons(system: AllInOne, page: Page) -> None:
    page.goto("/trace")
    page.locator("#reference").fill(system.somebody_comes())
    page.locator("#purpose-2").check(force=True)
    page.get_by_role("button", name="Vis spor").click()
    expect(page.get_by_text("Tidslinje")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("Modtaget: Fremmøde")).to_be_visible()
    expect(page.get_by_role("navigation", name="Sider")).to_be_hidden()
    page.screenshot(path=PICTURES / "trace-print.png", full_page=True)
    page.emulate_media(media="screen")


def test_without_script_a_day_and_a_trace_can_be_opened(system: AllInOne, page: Page) -> None:
    reference = system.somebody_comes()
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(base_url=system.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/sign-in")
    plain.locator("input[name=role][value=auditor]").check(force=True)
    plain.locator("#name").fill("Vera")
    plain.locator("main form button").click()
    plain.goto("/trace")
    plain.locator("#reference").fill(reference)
    plain.locator("#own_purpose").fill("Tilsyn med ærlige ord")
    plain.get_by_role("button", name="Vis spor").click()
    expect(plain.get_by_text("Tilsyn med ærlige ord").first).to_be_visible()
    context.close()
