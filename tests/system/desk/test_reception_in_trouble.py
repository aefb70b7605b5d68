"""The reception when things go wrong: the server dies, the network crawls, the sign-in ends, odd text is
typed.
"""

import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.system.desk.conftest import Opens, Town, picture, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def begins(page: Page) -> str:
    """A new contact at the counter; gives its address."""
    page.keyboard.press("f")
    page.wait_for_url("**/contacts/*")
    return page.url


def kept(page: Page) -> None:
    """Until the form is stored in intake."""
    expect(page.locator("#advice .kept")).to_be_visible()


def test_a_draft_survives_the_servers_and_the_browsers_death(town: Town, opens: Opens) -> None:
    page = opens()
    place = begins(page)
    page.check("#need-debt")
    page.fill("#summary", "Skylder husleje for to måneder")
    page.wait_for_timeout(1500)
    kept(page)
    town.process.kill()
    town.start()
    other = opens()
    other.goto(place)
    expect(other.locator("#summary")).to_have_value("Skylder husleje for to måneder")
    expect(other.locator("#need-debt")).to_be_checked()


def test_a_server_restart_under_an_open_page_gives_a_notice_and_loses_nothing(
    town: Town, opens: Opens
) -> None:
    overview, page = opens(), opens()
    begins(page)
    page.check("#need-debt")
    kept(page)
    overview.wait_for_timeout(500)
    town.process.kill()
    page.fill("#summary", "Skrevet, mens serveren var væk")
    expect(page.locator("#notice")).to_contain_text("Forbindelsen er afbrudt")
    expect(overview.locator("#notice")).to_contain_text("Forbindelsen er afbrudt")
    picture(page, "contact-lost")
    town.start()
    expect(overview.locator("#notice")).to_contain_text("tilbage", timeout=30_000)
    reference = town.walks_in()
    expect(overview.get_by_role("button", name=f"Tag {reference} nu")).to_be_visible(timeout=30_000)
    page.locator("#summary").press("End")
    page.keyboard.type(".")
    expect(page.locator("#notice")).to_be_hidden(timeout=30_000)
    page.locator("#accept").click()
    expect(page.locator(".say")).to_be_visible()


def test_a_slow_network_loses_nothing_and_sends_nothing_twice(opens: Opens) -> None:
    page = opens()
    begins(page)
    sent: list[str] = []

    def slowly(route: Route) -> None:
        sent.append(route.request.url.rpartition("/")[2])
        time.sleep(1.0)
        route.continue_()

    page.route("**/contacts/*/*", slowly)
    page.check("#need-assistive_devices")
    page.fill("#summary", "Høreapparatet er gået i stykker")
    page.locator("#accept").dblclick()
    expect(page.locator(".say")).to_be_visible(timeout=30_000)
    assert sent.count("decide") == 1
    page.unroute("**/contacts/*/*")
    page.goto(page.url.removesuffix("/done"))
    expect(page.locator("main")).to_contain_text("Høreapparatet er gået i stykker")


def test_the_back_button_shows_what_became_of_it_and_nothing_is_done_twice(opens: Opens) -> None:
    page = opens()
    begins(page)
    page.check("#need-assistive_devices")
    expect(page.locator("#advice .where")).to_be_visible()
    page.locator("#accept").click()
    expect(page.locator(".say")).to_be_visible()
    page.go_back()
    expect(page.locator("#accept")).to_be_visible()
    page.locator("#accept").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("h1").inner_text() != "Noget gik galt"
    picture(page, "contact-back")


def test_a_lock_in_the_middle_of_a_form_gives_a_notice_and_what_was_typed_is_used_again(opens: Opens) -> None:
    page = opens()
    begins(page)
    page.check("#need-assistive_devices")
    page.select_option("#in_municipality", "yes")
    expect(page.locator("#advice .where")).to_have_text("Hjælpemidler")
    other = page.context.new_page()
    other.goto("/reception")
    other.keyboard.press("l")
    expect(other.get_by_role("heading", level=1)).to_have_text("Siden er låst")
    page.bring_to_front()
    page.fill("#summary", "Skrevet på en låst side")
    expect(page.locator("#notice")).to_contain_text("Log ind i et nyt faneblad")
    expect(page.locator("#advice .where")).to_have_text("Hjælpemidler")
    picture(page, "contact-signed-out")
    page.locator("#accept").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Siden er låst")
    picture(page, "resume")
    other.bring_to_front()
    other.get_by_role("button", name="Fortsæt").click()
    page.bring_to_front()
    page.get_by_role("button", name="Send igen").click()
    expect(page.locator(".say")).to_contain_text("Hjælpemidler")


def test_signing_in_again_in_another_tab_renews_the_first_for_its_owner_only(opens: Opens) -> None:
    page = opens()
    begins(page)
    page.check("#need-assistive_devices")
    page.select_option("#in_municipality", "yes")
    expect(page.locator("#advice .where")).to_have_text("Hjælpemidler")
    other = page.context.new_page()
    other.goto("/reception")
    other.get_by_role("button", name="Log ud").click()
    page.bring_to_front()
    page.fill("#summary", "Skrevet, da ingen var logget ind")
    expect(page.locator("#notice")).to_contain_text("Du er logget ud")
    for name, text in (("Eva", "en anden logget ind"), ("Anna", "Du er logget ind igen")):
        sign_in(other, name)
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(page.locator("#notice")).to_contain_text(text)
    page.locator("#accept").click()
    expect(page.locator(".say")).to_contain_text("Hjælpemidler")


def test_too_long_and_odd_text_is_a_fault_at_its_field_and_comes_back_as_it_was(opens: Opens) -> None:
    page = opens()
    place = begins(page)
    odd = "👪 مرحبا שלום <script>alert(1)</script> & \"'"
    page.check("#need-debt")
    page.fill("#citizen_name", "<script>alert('navn')</script>")
    page.fill("#summary", odd + "x" * (4001 - len(odd)))
    page.locator("#accept").click()
    expect(page.locator("#summary-error")).to_contain_text("over 4.000 tegn")
    assert page.evaluate("document.activeElement.id") == "faults"
    assert page.input_value("#summary").startswith(odd)
    picture(page, "contact-faults")
    page.fill("#summary", odd)
    page.wait_for_timeout(1500)
    kept(page)
    page.goto(place)
    expect(page.locator("#summary")).to_have_value(odd)
    expect(page.locator("#citizen_name")).to_have_value("<script>alert('navn')</script>")
    page.locator("#accept").click()
    expect(page.locator(".say")).to_be_visible()
