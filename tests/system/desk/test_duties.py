"""What is owed, in a real Chromium: the keys it takes, focus where one types, no barrier, and no script needed.

The services run in this process with a routing that has duties around the real one (tests/desk/duties_cast.py).
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.desk.duties_cast import RoutingWithDuties, advises, with_duties
from tests.system.desk.conftest import CHROMIUM, picture, report_measure
from tests.system.desk.test_reception import Keyboard, focused
from tests.system.processes import free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOUSING = "/inbox/housing-social"
FACTS = {"needs": ["homelessness"], "in_municipality": True}


@dataclass
class Served:
    """The running system, with what others do to it."""

    url: str
    client: httpx.Client
    routing: RoutingWithDuties

    def sends_to_housing(self) -> dict[str, Any]:
        """A contact that a person has sent to the housing area."""
        body = {"channel": "walk_in", "citizen": {"age": 34}, "facts": FACTS}
        contact: dict[str, Any] = self.client.post("/intake/v1/contacts", json=body).json()
        found = self._until("/triage/v1/assessments", contact_id=contact["id"])
        path = f"/triage/v1/assessments/{found[0]['id']}/decision"
        self.client.post(path, json={"accept": True}).raise_for_status()
        self._until(
            "/routing/v1/queues/housing-social/entries", status="open", reference=contact["reference"]
        )
        return contact

    def _until(self, path: str, **params: str) -> list[Any]:
        for _ in range(200):
            items: list[Any] = self.client.get(path, params=params).json()["items"]
            if items:
                return items
            time.sleep(0.05)
        raise AssertionError(path)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if CHROMIUM is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "apt install chromium comes first"
        pytest.skip("Chromium is not installed: apt install chromium")
    data: Path = tmp_path_factory.mktemp("system")
    system, port = AllInOne(data), free_port()
    server = uvicorn.Server(uvicorn.Config(system.app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.05)
    routing = with_duties(system)
    advises(system, lambda _facts, _answer: None)
    token = system.apps["intake"].state.tokens.for_service("city", Role.SERVICE, 3600)
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        yield Served(url, client, routing)
    server.should_exit = True
    thread.join(30)


Opens = Callable[..., Page]


@pytest.fixture
def opens(served: Served, chromium: Browser) -> Iterator[Opens]:
    contexts = []

    def open_(name: str, role: Role, **more: Any) -> Page:
        context = chromium.new_context(base_url=served.url, locale="da-DK", **more)
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

    yield open_
    for context in contexts:
        context.close()


def looked_at(page: Page, name: str) -> None:
    """A picture is kept, axe finds nothing, and nothing is wider than the page, also on a narrow screen."""
    size = page.viewport_size or {"width": 1280, "height": 720}
    for width in (size["width"], 320):
        page.set_viewport_size({"width": width, "height": size["height"]})
        picture(page, f"{name}-{width}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(size)


@pytest.fixture
def entry(served: Served, opens: Opens) -> Page:
    """Bo has taken an entry with two open duties."""
    contact = served.sends_to_housing()
    for rule, hours in (("notification_assessment", 5.0), ("notification_receipt", -2.0)):
        served.routing.owes(rule, contact["id"], hours=hours, reference=contact["reference"])
    bo = opens("Bo", Role.CASEWORKER)
    bo.goto(HOUSING)
    bo.keyboard.press("n")
    bo.wait_for_url("**/entries/*")
    return bo


def test_completing_with_open_duties_takes_three_keys_in_the_ordinary_case(entry: Page) -> None:
    expect(entry.locator("#owed")).to_be_visible()
    keys = Keyboard(entry)
    keys.press("a", "Tab", "Enter")
    expect(entry.get_by_text("Den er afsluttet.")).to_be_visible()
    expect(entry.locator("#without-entry")).to_be_visible()
    looked_at(entry, "inbox-duties")
    report_measure(f"completing with two open duties: {keys.strokes} keys")
    assert keys.strokes == 3


def test_a_duty_is_done_while_completing_with_the_keyboard_alone(entry: Page) -> None:
    looked_at(entry, "entry-duties")
    entry.keyboard.press("a")
    assert focused(entry) == "outcome"
    group = entry.get_by_role("radiogroup", name="24-timers vurdering af underretning")
    assert group.get_by_label("Skal barnet have hjælp nu?").is_hidden()
    group.get_by_label("Gjort nu: Vurderingen er skrevet ned").focus()
    entry.keyboard.press("Space")
    looked_at(entry, "entry-completing")
    entry.keyboard.press("Enter")
    expect(entry.get_by_text("Vælg ja eller nej.")).to_be_visible()
    expect(group.get_by_label("Skal barnet have hjælp nu?")).to_be_focused()
    looked_at(entry, "entry-completing-refused")
    entry.keyboard.press("n")
    entry.keyboard.press("Tab")
    entry.keyboard.type("Er hos sin moster")
    entry.keyboard.press("Enter")
    expect(entry.get_by_text("Den er afsluttet.")).to_be_visible()


def test_children_come_and_go_in_place_and_focus_is_where_one_types(opens: Opens) -> None:
    anna = opens("Anna", Role.RECEPTION)
    anna.keyboard.press("f")
    anna.wait_for_url("**/contacts/*")
    anna.check("#need-child_concern")
    anna.locator("details.more > summary").click()
    anna.fill("#child_age", "4")
    anna.locator("#add-child").press("Enter")
    expect(anna.locator("#child_age_2")).to_be_focused()
    anna.keyboard.type("9")
    expect(anna.locator("#advice .kept")).to_be_visible()
    looked_at(anna, "contact-children")
    anna.get_by_role("button", name="Fjern barn 1").click()
    expect(anna.locator("#child_age_2")).to_have_count(0)
    expect(anna.locator("#child_age")).to_have_value("9")
    anna.wait_for_timeout(1000)
    anna.reload()
    expect(anna.locator("#child_age")).to_have_value("9")


def test_children_need_no_script_and_enter_adds_none(opens: Opens) -> None:
    anna = opens("Anna", Role.RECEPTION, java_script_enabled=False)
    anna.get_by_role("button", name="Fremmøde").click()
    anna.check("#need-child_concern")
    anna.locator("details.more > summary").click()
    anna.fill("#child_age", "4")
    anna.locator("#add-child").click()
    expect(anna.locator("#child_age_2")).to_be_focused()
    expect(anna.locator("#child_age")).to_have_value("4")
    anna.fill("#child_age_2", "9")
    anna.locator("#child_age_2").press("Enter")
    expect(anna.locator("#advice .where")).to_be_visible()
    expect(anna.locator("#child_age_3")).to_have_count(0)
    expect(anna.locator("#child_age_2")).to_have_value("9")
