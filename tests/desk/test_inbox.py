"""A unit's inbox: what waits, in order, live, and what one does with it."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from services.hosting.all_in_one import AllInOne
from shared.clock import SettableClock
from shared.in_process import InProcess
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn
from tests.desk.inbox_cast import entry_of, somebody_for_housing

HOUSING = "/inbox/housing-social"


@pytest.fixture
async def bo(signs_in: SignsIn) -> Person:
    """Bo is a caseworker of the housing area."""
    return await signs_in(Role.CASEWORKER, "housing-social", "Bo")


async def test_a_caseworker_lands_in_the_own_units_inbox(bo: Person) -> None:
    page = await bo.opens("/inbox")
    assert page.url.path == HOUSING
    assert "Ingen venter her lige nu" in page.text


async def test_the_next_one_is_taken_once_and_opened_however_often_the_form_is_sent(
    system: AllInOne, bo: Person
) -> None:
    first, _ = await somebody_for_housing(system), await somebody_for_housing(system)
    for _ in range(2):
        page = await bo.sends(f"{HOUSING}/next", once="the-same-form")
        assert f"<h1>{first}</h1>" in page.text
    assert "1 venter, 1 er taget" in (await bo.opens(HOUSING)).text


async def test_the_next_one_of_an_empty_inbox_says_that_it_is_empty(bo: Person) -> None:
    page = await bo.sends(f"{HOUSING}/next", once="a-form")
    assert "Ingen venter her lige nu." in page.text
    assert page.url.query == b"did=nobody"


async def test_another_units_inbox_stays_closed(signs_in: SignsIn, bo: Person) -> None:
    page = await bo.opens("/inbox/adults")
    assert page.status_code == 403
    assert "Det må din rolle ikke" in page.text


async def test_a_row_says_why_it_has_its_place_and_who_has_taken_it(system: AllInOne, bo: Person) -> None:
    reference = await somebody_for_housing(system)
    entry = await entry_of(system, reference)
    page = (await bo.opens(HOUSING)).text
    assert "Nr. 1 i køen" in page
    assert "Ingen lovbestemt frist. Køens eget mål" in page
    assert "Ikke taget" in page
    page = (await bo.sends(f"{HOUSING}/entries/{entry}/quick/take")).text
    assert "Den er din." in page
    assert "Taget af dig" in page


async def test_what_is_late_says_so_in_words(system: AllInOne, bo: Person, clock: SettableClock) -> None:
    await somebody_for_housing(system)
    assert "▲" not in (await bo.opens(HOUSING)).text
    clock.advance(timedelta(days=60))
    bo = await _back_at_work(system, bo)
    page = (await bo.opens(HOUSING)).text
    assert '<span aria-hidden="true">▲ </span>Over tiden' in page


async def _back_at_work(system: AllInOne, person: Person) -> Person:
    answer = await person.client.post(
        "/sign-in", data={"role": "caseworker", "unit": "housing-social", "name": "Bo"}
    )
    assert answer.status_code == 303
    return person


async def test_the_slower_of_two_gets_the_list_again_with_who_has_it(
    system: AllInOne, signs_in: SignsIn, bo: Person
) -> None:
    reference = await somebody_for_housing(system)
    entry = await entry_of(system, reference)
    carla = await signs_in(Role.CASEWORKER, "housing-social", "Carla")
    await carla.sends(f"{HOUSING}/entries/{entry}/quick/take")
    page = await bo.sends(f"{HOUSING}/entries/{entry}/quick/take", mine="")
    assert page.status_code == 409
    assert f"Carla har taget {reference}, et øjeblik før dig." in page.text
    assert "0 venter, 1 er taget" in page.text


async def test_a_filter_is_in_the_address_and_stays_there_after_a_step(system: AllInOne, bo: Person) -> None:
    letter = await somebody_for_housing(system, channel="written")
    visit = await somebody_for_housing(system)
    page = (await bo.opens(HOUSING, channel="written")).text
    assert letter in page
    assert visit not in page
    assert 'hx-sse:connect="/inbox/housing-social/live?channel=written"' in page
    entry = await entry_of(system, letter)
    page_after = await bo.sends(f"{HOUSING}/entries/{entry}/quick/take", channel="written")
    assert page_after.url.query == b"channel=written&did=take"
    assert letter in (await bo.opens(HOUSING, mine="true")).text
    assert visit not in (await bo.opens(HOUSING, mine="true")).text


async def test_a_filter_that_nothing_answers_to_and_one_that_does_not_exist(
    system: AllInOne, bo: Person
) -> None:
    reference = await somebody_for_housing(system)
    assert "Intet i indbakken passer" in (await bo.opens(HOUSING, late="true")).text
    assert reference in (await bo.opens(HOUSING, urgency="soonish", reference="%")).text


async def test_the_inbox_follows_what_happens(system: AllInOne, bo: Person) -> None:
    async with (
        httpx.AsyncClient(
            transport=InProcess(system.app), base_url="http://desk", cookies=bo.client.cookies
        ) as browser,
        browser.stream("GET", f"{HOUSING}/live") as stream,
        asyncio.timeout(60),
    ):
        lines = stream.aiter_lines()
        while "0 venter" not in await anext(lines):
            pass
        reference = await somebody_for_housing(system)
        while reference not in await anext(lines):
            pass


async def test_the_reception_reads_and_has_nothing_to_press(system: AllInOne, signs_in: SignsIn) -> None:
    reference = await somebody_for_housing(system)
    anna = await signs_in(Role.RECEPTION)
    page = (await anna.opens(HOUSING)).text
    assert reference in page
    assert "Tag den næste" not in page
    assert "quick/take" not in page
