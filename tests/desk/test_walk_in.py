"""The counter: numbers given, called, missed; and the public screen with them."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import httpx

from services.desk.routing_models import Board, Ticket
from services.desk.walk_in.screen.calls import CALLED_SHOWN, screen_of
from services.hosting.all_in_one import AllInOne
from shared.in_process import InProcess
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn

SCREEN = "/screen/reception-desk"


async def gives(anna: Person, system: AllInOne, times: int = 1) -> list[str]:
    """Numbers, as Anna hands them out."""
    numbers: list[str] = []
    clock = system.apps["intake"].state.clock
    for _ in range(times):
        sent = asyncio.create_task(anna.sends("/walk-in/tickets", once=f"ticket-{len(numbers)}"))
        while not sent.done():
            await system.settle()
            await asyncio.sleep(0.01)
        page = (await sent).text
        found = re.search(r'class="slip-number">([^<]+)<', page)
        assert found is not None
        numbers.append(found[1])
        clock.advance(timedelta(seconds=20))
    return numbers


def called_by_me(page: str) -> list[str]:
    return re.findall(r'class="called-number">([^<]+)<', page)


def in_line(page: str) -> list[str]:
    return re.findall(r'<tr id="line-[^"]+">\s*<th scope="row">([^<]+)<', page)


def entry_in(page: str, step: str) -> str:
    found = re.search(rf'action="/walk-in/entries/([^/]+)/{step}"', page)
    assert found is not None, step
    return found[1]


async def test_who_comes_in_gets_a_number_on_a_slip_without_a_name(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    first, second = await gives(anna, system, 2)
    page = (await anna.opens("/walk-in")).text
    assert in_line(page) == [first, second]
    assert "2 venter" in page


async def test_a_double_click_gives_one_number(system: AllInOne, signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    await gives(anna, system)
    again = await anna.sends("/walk-in/tickets", once="ticket-0")
    assert again.url.path == "/walk-in"
    assert len(in_line((await anna.opens("/walk-in")).text)) == 1


async def test_two_receptionists_who_call_at_once_never_get_the_same_person(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna, eva = await signs_in(Role.RECEPTION), await signs_in(Role.RECEPTION, name="Eva")
    numbers = await gives(anna, system, 3)
    pages = await asyncio.gather(
        *(one.sends("/walk-in/next", once=f"{name}") for one, name in ((anna, "a"), (eva, "b")))
    )
    got = [number for page in pages for number in called_by_me(page.text)]
    assert sorted(got) == numbers[:2]
    assert "Hos kollegerne" in (await anna.opens("/walk-in")).text


async def test_an_empty_line_says_so(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    page = await anna.sends("/walk-in/next", once="x")
    assert page.status_code == 200
    assert page.text.count("Ingen venter ved skranken lige nu") == 2


async def test_the_counter_is_on_the_screen_and_a_second_call_says_that_it_is_one(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    await anna.sends("/walk-in/counter", counter="Lokale 3 æ")
    (number,) = await gives(anna, system)
    page = await anna.sends("/walk-in/next", once="x")
    screen = await anna.client.get(SCREEN)
    assert f"Nummer {number}, skranke Lokale 3 æ" in screen.text
    assert "kaldt igen" not in screen.text
    await anna.sends(f"/walk-in/entries/{entry_in(page.text, 'call')}/call")
    assert "kaldt igen" in (await anna.client.get(SCREEN)).text


async def test_who_does_not_come_moves_three_places_down_and_the_third_time_ends_it(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    a, b, c, d, e = await gives(anna, system, 5)
    page = await anna.sends("/walk-in/next", once="x")
    entry = entry_in(page.text, "no-show")
    page = await anna.sends(f"/walk-in/entries/{entry}/no-show")
    assert "højst tre pladser nede" in page.text
    assert in_line(page.text) == [b, c, d, a, e]
    for text in ("lagt tilbage i køen", "kaldt tre gange uden svar"):
        await anna.sends(f"/walk-in/entries/{entry}/take")
        page = await anna.sends(f"/walk-in/entries/{entry}/no-show")
        assert text in page.text
    assert a not in in_line(page.text)


async def test_the_slower_of_two_gets_a_notice_and_the_line_as_it_is(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna, eva = await signs_in(Role.RECEPTION), await signs_in(Role.RECEPTION, name="Eva")
    await gives(anna, system)
    entry = entry_in((await anna.opens("/walk-in")).text, "take")
    await eva.sends(f"/walk-in/entries/{entry}/take")
    page = await anna.sends(f"/walk-in/entries/{entry}/take")
    assert page.status_code == 409
    assert "En kollega var hurtigere" in page.text
    assert "Køen" in page.text


async def test_who_has_left_is_taken_out_with_the_reason(system: AllInOne, signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    (number,) = await gives(anna, system)
    entry = entry_in((await anna.opens("/walk-in")).text, "take")
    form = await anna.opens(f"/walk-in/entries/{entry}/gone")
    assert f"Nummer {number} forlader køen" in form.text
    page = await anna.sends(f"/walk-in/entries/{entry}/gone", reason="helped")
    assert in_line(page.text) == []
    async with system.client("routing") as routing:
        token = system.apps["routing"].state.tokens.for_service("test")
        answer = await routing.get(f"/v1/entries/{entry}", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["trail"][-1]["reason"] == "Fik hjælp uden for køen"


async def test_a_step_that_is_none_and_another_role_are_refused(system: AllInOne, signs_in: SignsIn) -> None:
    anna, bo = await signs_in(Role.RECEPTION), await signs_in(Role.CASEWORKER, "adults")
    await gives(anna, system)
    entry = entry_in((await anna.opens("/walk-in")).text, "take")
    assert (await anna.sends(f"/walk-in/entries/{entry}/transfer")).status_code == 404
    assert (await bo.opens("/walk-in")).status_code == 403
    assert (await bo.sends(f"/walk-in/entries/{entry}/take")).status_code == 403


async def test_the_screen_is_public_and_has_nothing_about_a_person(
    system: AllInOne, signs_in: SignsIn, visitor: httpx.AsyncClient
) -> None:
    anna = await signs_in(Role.RECEPTION, name="Anna Annasdatter")
    first, second = await gives(anna, system, 2)
    page = await anna.sends("/walk-in/next", once="x")
    contact = re.search(r'href="/contacts/([^"]+)"', page.text)
    assert contact is not None
    screen = (await visitor.get(SCREEN)).text
    assert first in screen
    assert second in screen
    for hidden in ("Annasdatter", contact[1], "test-", "csrf"):
        assert hidden not in screen


async def test_a_screen_of_no_queue_is_not_found(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/screen/cafeteria")).status_code == 404
    assert (await visitor.get("/screen/CAFE<script>")).status_code in {404, 422}


async def test_the_screen_follows_each_call(system: AllInOne, signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    async with (
        httpx.AsyncClient(transport=InProcess(system.app), base_url="http://desk") as wall,
        wall.stream("GET", f"{SCREEN}/live") as stream,
        asyncio.timeout(60),
    ):
        lines = stream.aiter_lines()
        while "Ingen er kaldt endnu" not in await anext(lines):
            pass
        (number,) = await gives(anna, system)
        await anna.sends("/walk-in/next", once="x")
        while f"Nummer {number}" not in await anext(lines):
            pass


def test_a_screen_without_news_says_nothing_old() -> None:
    assert screen_of(None, "reception-desk").queue is None


def test_a_screen_shows_its_own_queue_and_as_many_as_can_be_read() -> None:
    def ticket(queue: str, number: int) -> Ticket:
        return Ticket(ticket=f"{number}", queue=queue, called_at=None)

    called = [ticket("one", number) for number in range(9)] + [ticket("other", 99)]
    board = Board(at=datetime(2026, 3, 10, 9, tzinfo=UTC), queues=[], called=called, waiting=[])
    numbers = screen_of(board, "one").called
    assert [one.ticket for one in numbers] == [str(number) for number in range(CALLED_SHOWN)]
