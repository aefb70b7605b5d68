"""Accessibility of the reception: axe in every state, narrow screens, zoom, and focus."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from shared.vocabulary import Role
from tests.system.desk.conftest import Opens, Town, picture

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def no_barrier(page: Page, name: str) -> None:
    """Axe finds nothing, and nothing reaches over the edge of the screen."""
    picture(page, name)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{name} reaches {over} pixels over the edge"


#: The second is 1280 pixels at 200 %.
@pytest.mark.parametrize("width", [1280, 640, 320])
def test_no_state_of_the_reception_has_a_barrier(town: Town, opens: Opens, width: int) -> None:
    town.walks_in()
    page = opens(viewport={"width": width, "height": 800})
    expect(page.locator(".line li").first).to_be_visible()
    no_barrier(page, f"reception-{width}")
    page.keyboard.press("?")
    no_barrier(page, f"reception-keys-{width}")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.wait_for_url("**/contacts/*")
    no_barrier(page, f"contact-empty-{width}")
    page.check("#need-child_concern")
    page.fill("#age", "34")
    page.fill("#summary", "Bekymret for et barn")
    page.locator("details.more summary").click()
    expect(page.locator("#advice .where")).to_be_visible()
    no_barrier(page, f"contact-filled-{width}")
    page.fill("#age", "340")
    page.locator("details.override summary").click()
    no_barrier(page, f"contact-override-{width}")
    page.locator("#accept").click()
    expect(page.locator("#faults")).to_be_visible()
    no_barrier(page, f"contact-faults-{width}")
    page.fill("#age", "34")
    page.select_option("#in_municipality", "yes")
    page.locator("#accept").click()
    expect(page.locator(".say")).to_be_visible()
    no_barrier(page, f"contact-done-{width}")


@pytest.mark.parametrize("width", [1280, 640, 320])
def test_no_other_page_on_the_way_has_a_barrier(opens: Opens, width: int) -> None:
    page = opens(viewport={"width": width, "height": 800})
    for path, name in (
        ("/", "front"),
        ("/accessibility", "accessibility"),
        ("/nowhere", "problem"),
        ("/rules", "forbidden"),
    ):
        page.goto(path)
        no_barrier(page, f"{name}-{width}")
    page.goto("/reception")
    for wanted, name in (("Nobody", "search-none"), ("", "search-empty"), ("123", "search-fault")):
        page.goto("/reception")
        page.fill("#wanted", wanted)
        page.press("#wanted", "Enter")
        no_barrier(page, f"{name}-{width}")
    page.goto("/reception")
    page.get_by_role("button", name="Lås").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Siden er låst")
    no_barrier(page, f"locked-{width}")
    page.get_by_role("button", name="Log ud").click()
    page.goto("/sign-in")
    no_barrier(page, f"sign-in-{width}")


def test_focus_is_never_lost_when_a_part_is_swapped_in(town: Town, opens: Opens) -> None:
    page = opens()
    town.walks_in()
    button = page.locator("#next-reception-desk")
    expect(button).to_be_enabled()
    button.focus()
    reference = town.walks_in()
    expect(page.get_by_role("button", name=f"Tag {reference} nu")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "next-reception-desk"
    one = page.get_by_role("button", name=f"Tag {reference} nu")
    one.focus()
    other = opens(name="Eva")
    other.get_by_role("button", name=f"Tag {reference} nu").click()
    expect(one).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body"), "whoever used it must stand somewhere"


def test_another_roles_page_is_refused_in_plain_danish(opens: Opens) -> None:
    page = opens(role=Role.AUDITOR)
    page.goto("/reception")
    expect(page.get_by_role("heading", level=1)).to_have_text("Det må din rolle ikke")
    no_barrier(page, "forbidden")
