"""The counter, the screen on the wall and call-backs in a real Chromium, with several people at once."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from shared.access import Tokens
from shared.settings import CommonSettings
from shared.vocabulary import Role
from tests.system.processes import Process, free_port
from tests.system.test_browser import CHROMIUM, FLAGS, PICTURES

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SCREEN = "/screen/reception-desk"
ALMA = "+4520000001"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("system")


@pytest.fixture(scope="module")
def system(data: Path) -> Iterator[Process]:
    if CHROMIUM is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "apt install chromium comes first"
        pytest.skip("Chromium is not installed: apt install chromium")
    process = Process(data, None, free_port(), {})
    process.start()
    try:
        process.wait_until_ready("/intake/health/ready")
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="module")
def browser(system: Process) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def window(browser: Browser, system: Process, **options: object) -> BrowserContext:
    return browser.new_context(base_url=system.url, locale="da-DK", **options)  # type: ignore[arg-type]


def sits_down(browser: Browser, system: Process, name: str, role: str = "Indgangen") -> Page:
    """Somebody in a browser of their own."""
    page = window(browser, system).new_page()
    page.goto("/sign-in")
    page.get_by_label("Navn").fill(name)
    page.get_by_label(role, exact=True).check()
    page.get_by_role("main").get_by_role("button", name="Log ind").click()
    expect(page.get_by_text(f"{name}, {role}")).to_be_visible()
    return page


@pytest.fixture(scope="module")
def anna(browser: Browser, system: Process) -> Page:
    return sits_down(browser, system, "Anna")


@pytest.fixture(scope="module")
def eva(browser: Browser, system: Process) -> Page:
    return sits_down(browser, system, "Eva")


@pytest.fixture(scope="module")
def wall(browser: Browser, system: Process) -> Page:
    """A screen without a session."""
    page = window(browser, system, viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(SCREEN)
    return page


def fits(page: Page, name: str) -> None:
    """No barrier, nothing lost on a narrow screen; a picture of it is kept."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.screenshot(path=PICTURES / f"{name}-320.png", full_page=True)
    if size is not None:
        page.set_viewport_size(size)
    assert overflow <= 0


def test_a_counter_is_run_with_the_keyboard_alone(anna: Page, wall: Page) -> None:
    anna.keyboard.press("g")
    anna.keyboard.press("f")
    expect(anna.get_by_role("heading", level=1)).to_have_text("Skranken")
    anna.get_by_label("Skranke", exact=True).fill("2")
    anna.keyboard.press("Enter")
    expect(anna.get_by_text("Du sidder ved skranke 2").first).to_be_visible()
    for number in range(1, 7):
        anna.keyboard.press("t")
        expect(anna.locator(".slip-number")).to_have_text(f"A{number}")
    fits(anna, "walk-in-slip")
    anna.keyboard.press("n")
    expect(anna.locator(".called-number")).to_have_text("A1")
    expect(wall.locator(".newest")).to_contain_text("A1")
    expect(wall.locator(".newest")).to_contain_text("Skranke 2")
    expect(wall.locator("[aria-live=assertive]")).to_have_text("Nummer A1, skranke 2")
    anna.keyboard.press("k")
    expect(anna.get_by_text("kaldt 2 gange")).to_be_visible()
    expect(wall.locator("[aria-live=assertive]")).to_contain_text("kaldt igen")
    anna.keyboard.press("u")
    expect(anna.get_by_text("højst tre pladser nede").first).to_be_visible()
    expect(anna.locator("tbody th")).to_have_text(["A2", "A3", "A4", "A1", "A5", "A6"])
    expect(wall.get_by_text("Ingen er kaldt endnu")).to_be_visible()


def test_two_receptionists_call_at_once_and_get_different_people(anna: Page, eva: Page, wall: Page) -> None:
    eva.goto("/walk-in")
    for page in (anna, eva):
        # Sent by the browser without waiting for either: both are under way at the same time.
        page.evaluate("document.querySelector('form[action$=\"/next\"]').requestSubmit()")
    got = []
    for page in (anna, eva):
        expect(page.locator(".called-number")).to_have_count(1)
        got.append(page.locator(".called-number").inner_text())
    assert sorted(got) == ["A2", "A3"]
    expect(wall.locator(".now li")).to_have_count(2)
    fits(anna, "walk-in")
    fits(wall, "screen")


def test_the_line_follows_what_a_colleague_does_and_focus_stays(anna: Page, eva: Page) -> None:
    held = anna.get_by_role("button", name="Kald A6 nu")
    held.focus()
    eva.keyboard.press("t")
    expect(eva.locator(".slip-number")).to_have_text("A7")
    expect(anna.locator("tbody th").last).to_have_text("A7")
    expect(held).to_be_focused()


def test_leaving_asks_why(anna: Page) -> None:
    anna.get_by_role("link", name="A7 er gået").click()
    expect(anna.get_by_label("Gik uden at blive betjent")).to_be_focused()
    fits(anna, "walk-in-gone")
    anna.keyboard.press("ArrowDown")
    anna.keyboard.press("Enter")
    expect(anna.locator("tbody th").last).to_have_text("A6")


def test_a_slip_is_printed_without_the_rest_of_the_page(anna: Page) -> None:
    anna.keyboard.press("t")
    expect(anna.locator(".slip-number")).to_have_text("A8")
    anna.emulate_media(media="print")
    expect(anna.locator(".slip-number")).to_be_visible()
    for hidden in (anna.locator("#line"), anna.get_by_text("Anna, Indgangen")):
        expect(hidden).to_be_hidden()
    anna.screenshot(path=PICTURES / "walk-in-print.png")
    anna.emulate_media(media="screen")


def test_the_screen_does_not_move_with_reduced_motion(wall: Page) -> None:
    wall.emulate_media(reduced_motion="reduce")
    assert wall.locator(".newest").evaluate("one => getComputedStyle(one).animationName") == "none"
    wall.emulate_media(reduced_motion="no-preference")


def test_the_screen_can_be_read_from_five_metres(wall: Page) -> None:
    """A number on a wall-mounted screen of 43 inches (53 cm high) is 50 mm or more, 1:100 of the distance."""
    size = wall.locator(".newest .ticket").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size * 530 / 1080 >= 50


def test_the_screen_does_not_grow_while_it_is_up(anna: Page, wall: Page) -> None:
    anna.goto("/walk-in")
    nodes = []
    for _ in range(12):
        anna.locator("form[action$='/call'] button").first.click()
        anna.wait_for_load_state()
        nodes.append(wall.evaluate("document.getElementsByTagName('*').length"))
    assert max(nodes[2:]) <= max(nodes[:2]) + 1


def test_the_screen_and_the_line_recover_by_themselves_when_the_server_was_killed(
    anna: Page, eva: Page, wall: Page, system: Process
) -> None:
    anna.goto("/walk-in")
    eva.goto("/walk-in")
    eva.keyboard.press("t")
    # Both pages follow what happens, before the server dies.
    expect(anna.locator("tbody th").last).to_have_text(eva.locator(".slip-number").inner_text())
    system.kill()
    try:
        expect(wall.locator("#lost")).to_be_visible(timeout=30_000)
        expect(anna.get_by_text("Forbindelsen er afbrudt")).to_be_visible(timeout=30_000)
        wall.screenshot(path=PICTURES / "screen-lost.png")
    finally:
        system.start()
        system.wait_until_ready("/intake/health/ready")
    expect(wall.locator("#lost")).to_be_hidden(timeout=30_000)
    expect(wall.locator("main .lost")).to_have_count(0, timeout=30_000)
    expect(anna.get_by_text("Forbindelsen er afbrudt")).to_be_hidden(timeout=30_000)
    anna.keyboard.press("n")
    expect(anna.locator(".called-number")).to_have_count(2)
    newest = anna.locator(".called-number").last.inner_text()
    expect(wall.locator(".now")).to_contain_text(newest, timeout=20_000)


def phones_and_gives_up(system: Process, data: Path, number: str, call: str, minutes: int) -> None:
    """Somebody phoned, waited two minutes and gave up, some minutes ago."""
    token = Tokens(CommonSettings(data=data)).for_development([Role.TELEPHONY], [], "pbx", 3600)
    began = datetime.now(UTC) - timedelta(minutes=minutes)
    for kind, moment in (("queued", began), ("abandoned", began + timedelta(minutes=2))):
        event = {"source": "pbx", "delivery_id": f"{call}-{kind}", "call_id": call, "type": kind}
        event |= {"occurred_at": moment.isoformat(), "queue": "socialservice", "from": number}
        answer = httpx.post(
            f"{system.url}/intake/v1/telephony/events",
            json=event,
            headers={"Authorization": f"Bearer {token}"},
        )
        answer.raise_for_status()


def test_call_backs_are_worked_off_with_the_keyboard_alone(
    anna: Page, eva: Page, system: Process, data: Path
) -> None:
    for number, minutes in ((1, 50), (2, 30), (3, 20)):
        phones_and_gives_up(system, data, f"+452000000{number}", f"c-{number}", minutes)
    anna.goto("/walk-in")
    anna.keyboard.press("g")
    anna.keyboard.press("o")
    expect(anna.get_by_text("3 venter på et opkald, 0 er taget")).to_be_visible(timeout=20_000)
    fits(anna, "callbacks")
    anna.keyboard.press("n")
    expect(anna.get_by_role("heading", level=1)).to_have_text(f"Ring tilbage: {ALMA}")
    call = anna.get_by_role("link", name=f"Ring til {ALMA}")
    expect(call).to_have_attribute("href", f"tel:{ALMA}")
    fits(anna, "callback")
    anna.keyboard.press("a")
    expect(anna.get_by_text("Forsøget er noteret")).to_be_visible()
    eva.goto("/callbacks")
    anna.keyboard.press("n")
    expect(anna.get_by_text("Du har den")).to_be_visible()
    news = eva.get_by_role("link", name="Listen har ændret sig")
    expect(news).to_be_visible(timeout=20_000)
    eva.keyboard.press("u")
    expect(eva.get_by_text("Taget af")).to_be_visible()
    anna.keyboard.press("o")
    expect(anna).to_have_url(re.compile("/contacts/"))
    assert ALMA not in anna.url


def test_operations_clear_a_group_after_seeing_it(browser: Browser, system: Process) -> None:
    otto = sits_down(browser, system, "Otto", "Drift")
    otto.goto("/callbacks")
    expect(otto.get_by_text("skjult for din rolle").first).to_be_visible()
    otto.keyboard.press("y")
    otto.get_by_role("button", name="Se, hvor mange det er").click()
    expect(otto.get_by_label("Linje")).to_be_focused()
    fits(otto, "callbacks-clear-faults")
    otto.get_by_label("Ventede aldrig så længe som").fill("600")
    otto.get_by_label("Begrundelse").fill("Centralen var nede")
    otto.get_by_role("button", name="Se, hvor mange det er").click()
    expect(otto.get_by_role("heading", name="2 opkald bliver ryddet")).to_be_focused()
    fits(otto, "callbacks-clear")
    otto.get_by_role("button", name="Ryd 2 opkald").click()
    expect(otto.get_by_text("Gruppen er ryddet")).to_be_visible()
    fits(otto, "callbacks-none")
