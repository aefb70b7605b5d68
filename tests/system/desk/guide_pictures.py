"""Takes the pictures of docs/guides/ again, from a day of the simulated city.

`python -m tests.system.desk.guide_pictures`. Nobody in them is real: the day is made up, and the contact that
is written down here has no name.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from shared.vocabulary import Role
from tests.system.desk.conftest import CHROMIUM, sign_in
from tests.system.processes import ROOT, Process, free_port
from tests.system.test_browser import FLAGS

PICTURES = ROOT / "docs/guides/pictures"


def main() -> None:
    """All of them, over those from before."""
    with tempfile.TemporaryDirectory() as folder:
        play = [sys.executable, "-m", "services", "simulate", "--days", "1", "--data", folder]
        subprocess.run(play, cwd=ROOT, check=True)
        system = Process(Path(folder), None, free_port(), {})
        system.start()
        try:
            system.wait_until_ready("/routing/health/ready")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = browser.new_page(
                    base_url=system.url, locale="da-DK", viewport={"width": 1180, "height": 760}
                )
                reference = of_the_reception(page)
                of_the_others(page, reference)
                browser.close()
        finally:
            system.stop()


def take(page: Page, name: str) -> None:
    """The screen, as its reader will see it."""
    page.wait_for_timeout(400)
    page.screenshot(path=PICTURES / f"{name}.png")


def of_the_reception(page: Page) -> str:
    """From the overview to the end of the conversation; gives the reference of the contact."""
    page.goto("/sign-in")
    take(page, "sign-in")
    sign_in(page, "Anna")
    take(page, "reception")
    page.keyboard.press("f")
    page.wait_for_url("**/contacts/*")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("høreap")
    page.keyboard.press("Enter")
    page.select_option("#in_municipality", "yes")
    page.fill("#age", "71")
    expect(page.locator("#advice .where")).to_have_text("Hjælpemidler")
    page.evaluate("scrollTo(0, 0)")
    take(page, "contact")
    page.locator("#accept").click()
    expect(page.locator(".say")).to_be_visible()
    take(page, "done")
    reference = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.inner_text("h1"))
    assert reference is not None
    for path in ("letters", "walk-in", "callbacks", "attention"):
        page.goto(f"/{path}")
        take(page, path)
    page.goto("/screen/reception-desk")
    take(page, "screen")
    return reference[0]


def of_the_others(page: Page, reference: str) -> None:
    """The pages of those who do not work in the reception."""
    page.goto("/sign-in")
    page.fill("#name", "Bo")
    page.check(f"#role-{Role.CASEWORKER.value}")
    page.select_option("#unit", "assistive-devices")
    page.click("main button.button-primary")
    page.goto("/inbox/assistive-devices")
    take(page, "inbox")
    sign_in(page, "Dorte", Role.OPERATIONS)
    page.goto("/operations")
    take(page, "operations")
    page.goto("/operations/day")
    take(page, "operations-day")
    sign_in(page, "Tine", Role.AUDITOR)
    page.goto("/trace")
    take(page, "trace")
    page.fill("#reference", reference)
    page.get_by_role("radio", name="Tilsyn").check()
    page.get_by_role("button", name="Vis spor").click()
    page.wait_for_load_state()
    take(page, "trace-open")
    sign_in(page, "Rie", Role.RULES_EDITOR)
    page.goto("/rules")
    take(page, "rules")
    page.goto("/offers")
    take(page, "offers")


if __name__ == "__main__":
    main()
