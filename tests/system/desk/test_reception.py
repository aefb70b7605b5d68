"""The reception's main tasks in a real Chromium, with the keyboard alone, and two people at once."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from shared.vocabulary import Role
from tests.system.desk.conftest import Opens, Town, picture, report_measure

pytestmark = [pytest.mark.slow, pytest.mark.browser]


class Keyboard:
    """Hands that touch nothing but keys, and count them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.strokes = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.strokes += 1

    def types(self, text: str) -> None:
        self._page.keyboard.type(text)
        self.strokes += len(text)


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id || document.activeElement.tagName")
    return found


def test_a_simple_contact_takes_few_keys_and_far_less_than_half_a_minute(opens: Opens) -> None:
    page = opens()
    keys, began = Keyboard(page), time.monotonic()
    keys.press("f")
    page.wait_for_url("**/contacts/*")
    keys.press("/")
    assert focused(page) == "needs"
    keys.types("høreap")
    keys.press("Enter")
    where = page.locator("#advice .where")
    expect(where).to_be_visible()
    keys.press("Escape", "a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("er sendt videre")
    expect(page.locator(".say")).to_contain_text("Dit nummer hos os er")
    seconds = time.monotonic() - began
    picture(page, "contact-done")
    keys.press("r")
    page.wait_for_url("**/reception")
    report_measure(f"a simple contact: {keys.strokes} key strokes, {seconds:.1f} seconds")
    assert keys.strokes <= 14


def test_the_recommendation_follows_the_facts_and_focus_stays_where_one_types(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("f")
    page.wait_for_url("**/contacts/*")
    picture(page, "contact-empty")
    expect(page.locator("#advice")).to_contain_text("Vælg mindst ét behov")
    page.keyboard.press("/")
    page.keyboard.type("hjerne")
    page.keyboard.press("Enter")
    expect(page.locator("#advice")).to_contain_text("Hvor gammel er borgeren?")
    assert focused(page) == "needs"
    page.get_by_role("link", name="Hvor gammel er borgeren?").press("Enter")
    assert focused(page) == "age"
    page.keyboard.type("40")
    page.select_option("#in_municipality", "yes")
    page.focus("#summary")
    page.keyboard.type("Faldt sidste år")
    expect(page.locator("#advice .where")).to_have_text("Specialiseret handicapenhed, voksne")
    expect(page.locator("#advice .kept")).to_be_visible()
    assert focused(page) == "summary"
    picture(page, "contact-filled")


def test_another_place_takes_a_reason(opens: Opens) -> None:
    page = opens()
    page.keyboard.press("f")
    page.wait_for_url("**/contacts/*")
    page.check("#need-assistive_devices")
    expect(page.locator("#advice .where")).to_be_visible()
    page.keyboard.press("v")
    page.select_option("#unit", "adults")
    page.click("#override")
    expect(page.locator("#faults")).to_contain_text("hvorfor et andet sted er rigtigere")
    assert focused(page) == "faults"
    picture(page, "contact-override")
    page.fill("#reason", "Har en aftale der")
    page.select_option("#unit", "adults")
    page.click("#override")
    expect(page.locator(".say")).to_contain_text("Voksenområdet")


def test_two_receptionists_at_once_never_get_the_same_person(town: Town, opens: Opens) -> None:
    anna, eva = opens(name="Anna"), opens(name="Eva")
    expected = {town.walks_in(), town.walks_in()}
    queue = anna.locator("section.queue", has_text="skranke").first
    for page in (anna, eva):
        expect(page.locator("#next-reception-desk")).to_be_enabled()
    expect(queue).to_contain_text("2")
    # Sent at the same moment: neither waits for the other's page.
    for page in (anna, eva):
        page.evaluate("setTimeout(() => document.getElementById('next-reception-desk').click(), 50)")
    taken = set()
    for page in (anna, eva):
        page.wait_for_url("**/contacts/*")
        taken |= {reference for reference in expected if reference in page.locator("h1").inner_text()}
    assert taken == expected


def test_the_slower_of_two_reads_who_was_quicker(town: Town, opens: Opens) -> None:
    anna, eva = opens(name="Anna"), opens(name="Eva")
    reference = town.walks_in()
    take = f"Tag {reference} nu"
    expect(anna.get_by_role("button", name=take)).to_be_visible()
    eva.route("**/reception/live", lambda route: route.abort())
    eva.reload()
    expect(eva.get_by_role("button", name=take)).to_be_visible()
    anna.get_by_role("button", name=take).click()
    anna.wait_for_url("**/contacts/*")
    eva.get_by_role("button", name=take).click()
    expect(eva.get_by_role("heading", level=1)).to_have_text("Nogen var hurtigere")


def call(town: Town, call_id: str) -> Iterator[None]:
    """A call that rings and is answered at Anna's phone, a step each time."""
    for kind, more in (("queued", {}), ("answered", {"agent": "Anna"})):
        event = {
            "source": "pbx", "call_id": call_id, "queue": "socialservice", "from": "+4520000001",
            "delivery_id": f"{call_id}-{kind}", "type": kind, "occurred_at": datetime.now(UTC).isoformat(), **more,
        }  # fmt: skip
        town.sends("/intake/v1/telephony/events", event, Role.TELEPHONY)
        yield


def test_a_call_answered_at_my_phone_pops_up_within_a_second_or_so(town: Town, opens: Opens) -> None:
    page = opens()
    page.fill("#source", "pbx")
    page.fill("#agent", "Anna")
    page.get_by_role("button", name="Sæt mig ved den").click()
    expect(page.locator("details.phone summary")).to_contain_text("Anna")
    page.wait_for_timeout(500)
    steps = call(town, f"c-{time.time()}")
    next(steps)
    next(steps)
    began = time.monotonic()
    expect(page.locator(".popup")).to_contain_text("Du taler med")
    seconds = time.monotonic() - began
    report_measure(f"pop-up after the answer was received: {seconds:.2f} seconds")
    picture(page, "reception-call")
    page.keyboard.press("k")
    page.wait_for_url("**/contacts/*")
    assert seconds < 5, "a second or so, on a machine that does much else"


def test_the_basic_task_works_without_javascript(opens: Opens) -> None:
    page = opens(java_script_enabled=False)
    page.get_by_role("button", name="Fremmøde").click()
    page.check("#need-assistive_devices")
    page.select_option("#in_municipality", "yes")
    page.get_by_role("button", name="Gem og vis anbefaling").click()
    expect(page.locator("#advice .where")).to_have_text("Hjælpemidler")
    expect(page.locator("#need-assistive_devices")).to_be_checked()
    page.locator("#accept").click()
    expect(page.locator(".say")).to_contain_text("Hjælpemidler")
