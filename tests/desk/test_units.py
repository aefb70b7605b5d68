"""Units on the pages: named and offered as routing has them, and by the city's files without routing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.desk.api_clients import ApiClients
from services.desk.units import KnownUnits
from services.hosting.all_in_one import AllInOne
from shared.city.current import unit_name
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.desk.conftest import SignsIn

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)


class Routing:
    """Answers `/v1/units`, or fails, and counts how often it is called."""

    def __init__(self, *periods: dict[str, Any]) -> None:
        self.periods = list(periods)
        self.calls = 0
        self.is_down = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.is_down:
            raise httpx.ConnectError("down")
        assert request.url.path == "/v1/units"
        return httpx.Response(200, json={"items": self.periods, "next_cursor": None})

    def client(self) -> ApiClients:
        transport = httpx.MockTransport(self.answer)
        return ApiClients({"routing": httpx.AsyncClient(transport=transport, base_url="http://routing")}, "")


def period(code: str, name: str, valid_from: str, valid_to: str | None = None) -> dict[str, Any]:
    return {"code": code, "name": name, "takes": "", "valid_from": valid_from, "valid_to": valid_to}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2024, 12, 31), "Ungeenheden"),
        (date(2025, 1, 1), "Ungeenheden"),
        (date(2026, 6, 30), "Ungeenheden"),
        (date(2026, 7, 1), "Ungeområdet"),
        (date(2026, 12, 31), "Ungeområdet"),
        (date(2027, 1, 1), "Ungeområdet"),
    ],
)
async def test_a_unit_has_the_name_of_its_period_and_keeps_its_last_one(day: date, name: str) -> None:
    routing, known = (
        Routing(
            period("youth", "Ungeområdet", "2026-07-01", "2026-12-31"),
            period("youth", "Ungeenheden", "2025-01-01", "2026-06-30"),
        ),
        KnownUnits(),
    )
    await known.read(routing.client(), NOW)
    assert known.name_of("youth", day) == name
    assert known.name_of("nowhere", day) == "nowhere"


async def test_todays_units_can_be_chosen_and_not_the_reception() -> None:
    known = KnownUnits()
    routing = Routing(
        period("night-team", "Natteamet", "2026-03-10"),
        period("adults", "Voksne", "2025-01-01"),
        period("reception", "Indgangen", "2025-01-01"),
        period("hky", "HKY", "2025-01-01", "2026-03-09"),
        period("ssp", "SSP", "2026-03-11"),
        period("youth", "Unge", "2025-01-01", "2026-03-10"),
    )
    await known.read(routing.client(), NOW)
    assert known.choices_on(TODAY) == ["youth", "adults", "night-team"]


async def test_units_expire_after_thirty_seconds_whether_or_not_routing_answered() -> None:
    routing, known = Routing(), KnownUnits()
    for is_down in (True, False):
        routing.is_down = is_down
        assert known.is_expired(NOW)
        await known.read(routing.client(), NOW)
        assert not known.is_expired(NOW + timedelta(seconds=29))
        assert known.is_expired(NOW + timedelta(seconds=30))
        known = KnownUnits()


async def test_without_routing_the_citys_files_have_the_names_and_the_choices() -> None:
    routing, known = Routing(), KnownUnits()
    routing.is_down = True
    await known.read(routing.client(), NOW)
    assert known.name_of("adults", TODAY) == unit_name("adults") != "adults"
    assert "adults" in known.choices_on(TODAY)
    assert "reception" not in known.choices_on(TODAY)


async def test_what_routing_answered_last_stays_while_it_does_not_answer() -> None:
    routing, known = Routing(period("adults", "Voksne", "2025-01-01")), KnownUnits()
    await known.read(routing.client(), NOW)
    routing.is_down = True
    await known.read(routing.client(), NOW)
    assert (known.name_of("adults", TODAY), known.choices_on(TODAY)) == ("Voksne", ["adults"])


async def test_a_new_unit_and_a_new_name_are_on_the_pages_within_thirty_seconds(
    system: AllInOne, signs_in: SignsIn, visitor: httpx.AsyncClient, clock: SettableClock
) -> None:
    routing = Routing(
        period("night-team", "Natteamet", "2025-01-01"), period("adults", "Voksne", "2025-01-01")
    )
    before = (await visitor.get("/sign-in")).text
    assert "Natteamet" not in before
    state = system.apps["desk"].state.desk
    state.services = {**state.services, "routing": routing.client().clients["routing"]}
    assert "Natteamet" not in (await visitor.get("/sign-in")).text
    assert routing.calls == 0
    clock.set(clock.now() + timedelta(seconds=30))
    for _ in range(2):
        page = (await visitor.get("/sign-in")).text
        assert '<option value="night-team">Natteamet</option>' in page
        assert '<option value="adults">Voksne</option>' in page
    assert routing.calls == 1
    bo = await signs_in(Role.CASEWORKER, "night-team")
    assert bo.csrf
