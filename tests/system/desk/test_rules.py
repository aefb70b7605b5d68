"""The rules' and offers' pages in a real Chromium: the whole way of a draft by keyboard alone, for
everybody.
"""

import os
import shutil
from collections.abc import Iterator
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.system.processes import Process, free_port
from tests.system.test_browser import FLAGS, PICTURES

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if CHROMIUM is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "apt install chromium comes first"
        pytest.skip("Chromium is not installed: apt install chromium")
    process = Process(tmp_path_factory.mktemp("system"), None, free_port(), {})
    process.start()
    try:
        process.wait_until_ready("/intake/health/ready")
        yield process.url
    finally:
        process.stop()


@pytest.fixture(scope="module")
def browser(system: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def sits_down(browser: Browser, system: str, name: str, role: str = "rules_editor") -> Page:
    """Somebody in a browser of their own."""
    page = browser.new_context(base_url=system, locale="da-DK").new_page()
    page.set_default_timeout(20_000)
    page.goto("/sign-in")
    page.fill("#name", name)
    page.check(f"#role-{role}", force=True)
    page.click("main form button")
    expect(page.get_by_text(name).first).to_be_visible()
    return page


@pytest.fixture(scope="module")
def alma(browser: Browser, system: str) -> Page:
    return sits_down(browser, system, "Alma")


def look(page: Page, name: str) -> None:
    """The state has no barrier, loses nothing on a narrow screen, and is kept as a picture."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} at {width}"
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=width == 1280)


def press_until(page: Page, wanted: str, key: str = "Tab", most: int = 80) -> None:
    """Walk with the keyboard until the element has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if cast("bool", page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted)):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_a_draft_is_written_proved_and_simulated_by_keyboard_and_put_in_force_by_another(
    browser: Browser, system: str, alma: Page
) -> None:
    keys = alma.keyboard
    alma.goto("/rules")
    look(alma, "rules")
    keys.press("a")
    expect(alma).to_have_url(f"{system}/rules/2")
    look(alma, "ruleset-active")
    keys.press("c")
    press_until(alma, "#copy_reason")
    keys.type("Hjemløse under 25 hører til Ungeområdet")
    keys.press("Enter")
    expect(alma).to_have_url(f"{system}/rules/3/edit")
    look(alma, "ruleset-edit")
    press_until(alma, "#content")
    alma.evaluate(
        """() => { const text = document.getElementById("content");
        const at = text.value.indexOf("title: Hjemløshed");
        const unit = "unit: housing-social", from = text.value.indexOf(unit, at);
        text.setSelectionRange(from, from + unit.length); }"""
    )
    keys.insert_text(
        "unit:\n      by_age:\n      - below: 25\n        unit: yooth\n      - unit: housing-social"
    )
    press_until(alma, "#reason")
    keys.type("Aftalt på mødet")
    keys.press("Control+Enter")
    expect(alma.locator("#refusal")).to_be_focused()
    expect(alma.locator("#faults li")).to_contain_text("Koden findes ikke.")
    look(alma, "ruleset-edit-faults")
    press_until(alma, "[data-line]")
    keys.press("Enter")
    assert "yooth" in alma.evaluate(
        "document.getSelection().toString() || document.getElementById('content').value"
        ".slice(content.selectionStart, content.selectionEnd)"
    )
    keys.insert_text("        unit: youth")
    keys.press("Control+Enter")
    expect(alma).to_have_url(f"{system}/rules/3/difference")
    expect(alma.locator(".changes")).to_contain_text("Række 16 „Hjemløshed“ er ændret.")
    look(alma, "ruleset-difference")
    keys.press("u")
    expect(alma).to_have_url(f"{system}/rules/3")
    keys.press("b")
    expect(alma).to_have_url(f"{system}/rules/3/proof")
    expect(alma.get_by_text("Beviset holder")).to_be_visible()
    look(alma, "ruleset-proof")
    keys.press("n")
    expect(alma).to_have_url(f"{system}/rules/3")
    keys.press("s")
    expect(alma).to_have_url(f"{system}/rules/3/simulation")
    expect(alma.locator("img.flow")).to_have_js_property("complete", True)
    assert cast("int", alma.locator("img.flow").evaluate("img => img.naturalWidth")) > 0
    look(alma, "ruleset-simulation")
    keys.press("n")
    expect(alma.get_by_text("Du har selv skrevet i kladden")).to_be_visible()
    look(alma, "ruleset-ready")
    press_until(alma, "#activate_reason")
    keys.type("Vedtaget")
    keys.press("Enter")
    expect(alma.locator("#refusal")).to_be_focused()
    expect(alma.locator("#refusal")).to_contain_text("Det skal en anden person gøre")
    look(alma, "ruleset-second-person")
    bo = sits_down(browser, system, "Bo")
    bo.goto("/rules/3")
    press_until(bo, "#activate_reason")
    bo.keyboard.type("Vedtaget på regelejernes møde")
    bo.keyboard.press("Enter")
    expect(bo.locator(".standing").first).to_have_text("Gælder nu")
    bo.keyboard.press("h")
    expect(bo.get_by_text("Vedtaget på regelejernes møde")).to_be_visible()
    look(bo, "ruleset-history")


def test_a_proof_that_fails_leads_to_its_citizen_by_one_key(system: str, alma: Page) -> None:
    alma.goto("/rules/2")
    alma.keyboard.press("c")
    press_until(alma, "#copy_reason")
    alma.keyboard.type("Uden den sidste række")
    alma.keyboard.press("Enter")
    alma.wait_for_url("**/edit")
    alma.evaluate(
        """() => { const text = document.getElementById("content");
        const row = text.value.indexOf("- number: 21"), duties = text.value.indexOf("\\nduties:");
        text.value = text.value.slice(0, row).trimEnd() + text.value.slice(duties);
        text.dispatchEvent(new Event("input")); }"""
    )
    press_until(alma, "#reason")
    alma.keyboard.type("Prøve")
    alma.keyboard.press("Enter")
    alma.wait_for_url("**/difference")
    alma.keyboard.press("u")
    expect(alma).to_have_url(f"{system}/rules/4")
    alma.keyboard.press("b")
    expect(alma.get_by_text("En borger falder mellem to stole").first).to_be_visible()
    look(alma, "ruleset-proof-fails")
    alma.keyboard.press("p")
    expect(alma).to_have_url(f"{system}/rules/try")
    expect(alma.locator("#answer")).to_contain_text("sender ikke borgeren nogen steder hen")
    look(alma, "rules-try-gap")


def test_a_citizen_is_tried_and_the_answer_follows_the_form(alma: Page) -> None:
    alma.goto("/rules/try")
    look(alma, "rules-try-empty")
    alma.keyboard.press("/")
    alma.keyboard.type("hjemløs")
    alma.keyboard.press("Enter")
    expect(alma.locator("#answer .where")).to_be_visible()
    press_until(alma, "#age")
    alma.keyboard.type("41")
    press_until(alma, "#in_municipality")
    alma.keyboard.type("Ja")
    expect(alma.locator("#answer .where")).to_contain_text("Boligsocialt Område")
    expect(alma.locator("#in_municipality")).to_be_focused()
    for part in ("#why-not", "#trace"):
        alma.locator(f"{part} summary").press("Enter")
    look(alma, "rules-try")


def test_unsaved_text_outlives_a_reload(alma: Page) -> None:
    alma.goto("/rules/4/edit")
    alma.locator("#content").focus()
    alma.keyboard.insert_text("# ikke gemt\n")
    alma.reload()
    expect(alma.locator("#back")).to_be_visible()
    alma.locator("[data-back=take]").press("Enter")
    expect(alma.locator("#content")).to_be_focused()
    assert "# ikke gemt" in alma.locator("#content").input_value()


def test_the_monthly_list_is_accessible(alma: Page) -> None:
    alma.goto("/rules/learning")
    look(alma, "learning")
    alma.goto("/rules/learning?first=2026-03-10&last=2026-03-01")
    look(alma, "learning-wrong")


def test_offers_are_sought_read_mended_and_imported(alma: Page) -> None:
    alma.goto("/offers")
    look(alma, "offers")
    press_until(alma, "#words")
    alma.keyboard.type("autismehuset")
    alma.keyboard.press("Enter")
    expect(alma.get_by_role("status").filter(has_text="1 tilbud")).to_be_visible()
    press_until(alma, ".entry a")
    alma.keyboard.press("Enter")
    expect(alma.get_by_role("heading", level=1)).to_have_text("Autismehuset")
    look(alma, "offer")
    alma.keyboard.press("e")
    alma.wait_for_url("**/edit")
    press_until(alma, "#free")
    alma.keyboard.type("4")
    press_until(alma, "#places")
    alma.keyboard.type("2")
    alma.keyboard.press("Enter")
    expect(alma.locator("#faults")).to_be_focused()
    look(alma, "offer-edit-faults")
    press_until(alma, "#places")
    alma.keyboard.press("Control+a")
    alma.keyboard.type("10")
    alma.keyboard.press("Control+Enter")
    expect(alma.get_by_text("4 ledige pladser")).to_be_visible()
    alma.goto("/offers/import")
    look(alma, "offers-import")
    alma.fill("#source", "frivilligcentret")
    alma.set_input_files(
        "#file", {"name": "a.json", "mimeType": "application/json", "buffer": b'[{"name": "uden id"}]'}
    )
    expect(alma.locator("#content")).to_have_value('[{"name": "uden id"}]')
    alma.locator("#look").press("Enter")
    expect(alma.locator("#refusal")).to_be_focused()
    look(alma, "offers-import-faults")
