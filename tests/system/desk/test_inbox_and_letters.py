"""The inbox and the letters in a real Chromium: by keyboard alone, two caseworkers at once, no barrier."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.system.processes import Process, free_port
from tests.system.test_browser import CHROMIUM, FLAGS, PICTURES

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOUSING = "/inbox/housing-social"
FACTS = {"needs": ["homelessness"], "in_municipality": True}


class City:
    """The system as a process, and what others send into it."""

    def __init__(self, data: Path) -> None:
        self.process = Process(data, None, free_port(), {})
        self.process.start()
        for service in ("intake", "triage", "routing"):
            self.process.wait_until_ready(f"/{service}/health/ready")
        token = AllInOne(data).apps["intake"].state.tokens.for_service("city", Role.SERVICE, 3600)
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=self.process.url, headers=headers, timeout=30)

    def sends_to_housing(self, **more: Any) -> str:
        """A contact that a person has sent to the housing area; gives its reference."""
        body = {"channel": "walk_in", "citizen": {"age": 34}, "facts": FACTS, **more}
        contact = self._client.post("/intake/v1/contacts", json=body).json()
        path = "/triage/v1/assessments"
        found = self.until(path, {"contact_id": contact["id"]})
        self._client.post(f"{path}/{found[0]['id']}/decision", json={"accept": True}).raise_for_status()
        reference: str = contact["reference"]
        self.until(f"/routing/v1/queues/housing-social/entries?status=open&reference={reference}")
        return reference

    def until(self, path: str, params: dict[str, str] | None = None) -> list[Any]:
        """What a list holds, once it holds something."""
        for _ in range(200):
            items: list[Any] = self._client.get(path, params=params).json()["items"]
            if items:
                return items
            time.sleep(0.05)
        raise AssertionError(path)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    if CHROMIUM is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "apt install chromium comes first"
        pytest.skip("Chromium is not installed: apt install chromium")
    city = City(tmp_path_factory.mktemp("system"))
    yield city
    city.process.stop()


@pytest.fixture(scope="module")
def chromium(city: City) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


SignedIn = Callable[..., Page]


@pytest.fixture
def signed_in(city: City, chromium: Browser) -> Iterator[SignedIn]:
    """Somebody's browser, signed in."""
    contexts = []

    def sit_down(name: str, role: Role = Role.CASEWORKER, **more: Any) -> Page:
        context = chromium.new_context(base_url=city.process.url, locale="da-DK", **more)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("#name", name)
        page.check(f"#role-{role.value}")
        if role is Role.CASEWORKER:
            page.select_option("#unit", "housing-social")
        page.click("main button.button-primary")
        page.wait_for_load_state()
        return page

    yield sit_down
    for context in contexts:
        context.close()


def looked_at(page: Page, name: str) -> None:
    """A picture is kept, axe finds nothing, and nothing sticks out of the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.evaluate(
        "[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth)"
        ".map((one) => one.id || one.className || one.tagName)"
    )


def test_a_caseworker_does_the_days_work_with_the_keyboard_alone(city: City, signed_in: SignedIn) -> None:
    references = [
        city.sends_to_housing(summary="Bor i bil med to børn", received_at="2026-01-02T09:00:00Z"),
        *(city.sends_to_housing() for _ in range(4)),
    ]
    page = signed_in("Bo")
    page.goto(HOUSING)
    looked_at(page, "inbox")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1).locator("[data-row-open]")).to_be_focused()
    page.keyboard.press("t")
    expect(page.get_by_text("Den er din.")).to_be_visible()
    expect(page.locator("[data-row]").nth(1).locator("[data-row-open]")).to_be_focused()
    looked_at(page, "inbox-taken")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entries/*")
    looked_at(page, "inbox-entry")
    page.keyboard.press("a")
    expect(page.locator("#outcome")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Den er afsluttet.")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(len(references) - 1)
    page.keyboard.press("n")
    page.wait_for_url("**/entries/*")
    page.keyboard.press("r")
    expect(page.locator("#reason_code")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("Er 17 år")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vælg, hvad der var forkert.")).to_be_visible()
    expect(page.locator("#reason_code")).to_be_focused()
    expect(page.locator("#return-reason")).to_have_value("Er 17 år")
    looked_at(page, "inbox-entry-refused")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Den er sendt retur")).to_be_visible()


def test_several_are_ticked_previewed_and_moved_and_ticks_survive_what_others_do(
    city: City, signed_in: SignedIn
) -> None:
    for _ in range(3):
        city.sends_to_housing()
    page, other = signed_in("Bo"), signed_in("Carla")
    page.goto(HOUSING)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("#ticked")).to_have_text("2 valgt")
    focused = page.evaluate("document.activeElement.id")
    before = page.locator("[data-row]").count()
    reference = city.sends_to_housing()
    expect(page.get_by_role("link", name=reference)).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(before + 1)
    expect(page.locator("[data-tick]:checked")).to_have_count(2)
    expect(page.locator("#ticked")).to_have_text("2 valgt")
    assert page.evaluate("document.activeElement.id") == focused
    page.locator("#several button[value=transfer]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 flyttes til en anden kø")
    looked_at(page, "inbox-several")
    page.keyboard.press("a")
    expect(page.get_by_text("Vælg en kø, der findes.")).to_be_visible()
    looked_at(page, "inbox-several-refused")
    other.goto(HOUSING)
    other.keyboard.press("j")
    other.keyboard.press("t")
    expect(other.get_by_text("Den er din.")).to_be_visible()
    page.select_option("#queue", "adults")
    page.fill("#reason", "Efter aftale")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 er flyttet")
    expect(page.get_by_text("er taget af en kollega")).to_be_visible()
    looked_at(page, "inbox-several-done")


def test_two_caseworkers_never_get_the_same_one_and_the_slower_gets_a_notice(
    city: City, signed_in: SignedIn
) -> None:
    reference = city.sends_to_housing()
    bo, carla = signed_in("Bo"), signed_in("Carla")
    for page in (bo, carla):
        page.goto(f"{HOUSING}?reference={reference}")
    # Carla's list receives no updates, as on a slow line.
    carla.route("**/live*", lambda route: route.abort())
    carla.reload()
    bo.get_by_role("button", name=f"Tag {reference}").click()
    expect(bo.get_by_text("Den er din.")).to_be_visible()
    carla.get_by_role("button", name=f"Tag {reference}").click()
    expect(carla.get_by_text(f"Bo har taget {reference}, et øjeblik før dig.")).to_be_visible()
    looked_at(carla, "inbox-slower")


def test_a_view_is_kept_by_the_browser_under_words_of_its_own(city: City, signed_in: SignedIn) -> None:
    city.sends_to_housing()
    page = signed_in("Bo")
    page.goto(HOUSING)
    page.check("#mine")
    page.select_option("#urgency", "day")
    page.locator(".filter-form button").click()
    page.wait_for_url("**mine=true**")
    page.get_by_role("button", name="Gem visningen").click()
    view = page.get_by_role("link", name="Mine, Inden 24 timer")
    expect(view).to_be_visible()
    looked_at(page, "inbox-filtered")
    page.goto(HOUSING)
    view.click()
    expect(page.locator("#mine")).to_be_checked()
    page.get_by_role("button", name="Glem Mine, Inden 24 timer").click()
    expect(view).to_have_count(0)


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_is_lost_on_a_narrow_screen(city: City, signed_in: SignedIn, width: int) -> None:
    city.sends_to_housing(summary="x" * 300)
    page = signed_in("Bo", viewport={"width": width, "height": 800})
    page.goto(HOUSING)
    looked_at(page, f"inbox-{width}")
    page.locator("[data-row-open]").first.click()
    looked_at(page, f"inbox-entry-{width}")


def test_the_inbox_works_without_scripts(city: City, signed_in: SignedIn) -> None:
    reference = city.sends_to_housing()
    page = signed_in("Bo", java_script_enabled=False)
    page.goto(f"{HOUSING}?reference={reference}")
    page.get_by_role("button", name=f"Tag {reference}").click()
    page.get_by_role("checkbox", name=f"Vælg {reference}").check()
    page.locator("#several button[value=release]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 lægges tilbage i køen")
    page.locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 er lagt tilbage i køen")


def test_a_letter_is_written_down_and_sent_on_with_the_keyboard(signed_in: SignedIn) -> None:
    page = signed_in("Anna", Role.RECEPTION)
    page.goto("/letters")
    looked_at(page, "letters-none")
    page.keyboard.press("n")
    page.wait_for_url("**/letters/new")
    page.fill("#received_on", "2026-01-05")
    page.fill("#contact_name", "Alma")
    page.fill("#summary", "Jeg vil søge om kontanthjælp")
    looked_at(page, "letter-new")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/contacts/*")
    page.goto("/letters")
    expect(page.get_by_text("Taget af dig")).to_be_visible()
    looked_at(page, "letters")
    page.keyboard.press("j")
    page.keyboard.press("v")
    page.wait_for_url("**/forward")
    looked_at(page, "letter-forward")
    page.select_option("#place", "BIF")
    page.locator("#name").press("Enter")
    expect(page.locator("#written")).to_be_focused()
    expect(page.locator("#to_citizen")).to_have_value(re.compile("Kære Alma"))
    looked_at(page, "letter-forward-written")
    page.get_by_role("button", name="Vis til udskrift").click()
    looked_at(page, "letter-print")
    page.get_by_role("button", name="Ret brevene").click()
    page.locator("#to_citizen").press("Control+Enter")
    expect(page.get_by_text("Henvendelsen er afsluttet som sendt videre.")).to_be_visible()
    looked_at(page, "letter-sent")
    page.goto("/letters")
    expect(page.get_by_text("Der ligger ingen breve.")).to_be_visible()
