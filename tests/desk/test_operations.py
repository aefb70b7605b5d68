"""Operations' pages: what needs somebody comes first, and what lies still is sent on its way again."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from services.hosting.all_in_one import AllInOne
from shared.clock import SettableClock
from shared.in_process import InProcess
from shared.vocabulary import Role
from tests.desk.conftest import SignsIn
from tests.desk.duties_cast import with_duties
from tests.desk.inbox_cast import somebody_for_housing

GIBBERISH = "what is this"


async def log_line(system: AllInOne, line: str) -> None:
    async with system.client("intake") as client:
        token = system.apps["intake"].state.tokens.for_development([Role.TELEPHONY], [], "exchange", 3600)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
        (await client.post("/v1/telephony/asterisk", content=line, headers=headers)).raise_for_status()
        await system.settle()


async def nothing_is_delivered(system: AllInOne) -> None:
    """All events that intake has to send become dead letters."""
    database, outbox = system.apps["intake"].state.database, system.apps["intake"].state.tables.outbox
    async with database.writing() as session:
        dead = {"dead_at": system.apps["intake"].state.clock.now(), "last_error": "ValueError"}
        await session.execute(update(outbox).values(**dead))


async def test_a_quiet_system_is_reported_as_quiet(signs_in: SignsIn) -> None:
    otto = await signs_in(Role.OPERATIONS)
    page = await otto.opens("/operations")
    assert page.status_code == 200
    assert "Alle frister, køer og systemer er, som de skal være" in page.text
    assert "Ingen frister løber." in page.text
    assert page.text.count("Kører") == 3


async def test_a_wait_past_the_target_is_trouble_and_comes_first_in_words(
    system: AllInOne, signs_in: SignsIn, clock: SettableClock
) -> None:
    await comes(system, clock, weeks_ago=0, people=2)
    otto = await signs_in(Role.OPERATIONS)
    page = (await otto.opens("/operations")).text
    trouble = "2 har ventet længere end målet eller fristen. Længst: 1 t."
    assert trouble in page
    assert page.index(trouble) < page.index("Indgangens køer")
    assert "1 ting kræver opmærksomhed, heraf 1 nu." in page


async def test_the_backlog_of_each_unit_is_a_table_with_the_worst_first(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await somebody_for_housing(system)
    otto = await signs_in(Role.OPERATIONS)
    page = (await otto.opens("/operations")).text
    assert "Enhedernes efterslæb" in page
    teams = page[page.index("Enhedernes efterslæb") :]
    assert teams.index("Boligsocialt Område") < teams.index("Voksenområdet")
    assert "alle, der var på tur" in page


async def test_the_page_follows_the_board(system: AllInOne, signs_in: SignsIn) -> None:
    otto = await signs_in(Role.OPERATIONS)
    async with (
        httpx.AsyncClient(
            transport=InProcess(system.app), base_url="http://desk", cookies=otto.client.cookies
        ) as browser,
        browser.stream("GET", "/operations/live") as stream,
        asyncio.timeout(60),
    ):
        lines = stream.aiter_lines()
        while "Boligsocialt" not in (line := await anext(lines)):
            pass
        await somebody_for_housing(system)
        while not ("Boligsocialt" in line and "<strong>1</strong>" in line):
            line += await anext(lines)


async def test_a_caller_who_gave_up_is_counted_as_owed_a_call_and_listed_when_it_is_late(
    system: AllInOne, signs_in: SignsIn, clock: SettableClock
) -> None:
    event = {"source": "pbx", "call_id": "call-1", "queue": "socialservice", "from": "4520000001"}
    rang, gave_up = clock.now() - timedelta(hours=4), clock.now() - timedelta(hours=3)
    async with system.client("intake") as client:
        token = system.apps["intake"].state.tokens.for_development([Role.TELEPHONY], [], "exchange", 3600)
        events = [
            {**event, "delivery_id": "1", "type": "queued", "occurred_at": rang.isoformat()},
            {**event, "delivery_id": "2", "type": "abandoned", "occurred_at": gave_up.isoformat()},
        ]
        headers = {"Authorization": f"Bearer {token}"}
        (await client.post("/v1/telephony/events", json=events, headers=headers)).raise_for_status()
        await system.settle()
    otto = await signs_in(Role.OPERATIONS)
    page = (await otto.opens("/operations")).text
    assert "1 på ringelisten skulle have været ringet op. Den første for" in page
    row = page[page.index("Dem, der opgav at vente i telefonen") :]
    assert 'scope="row">hovednummer</th><td class="number">1</td><td class="number">0</td>' in row


async def test_what_was_set_aside_is_read_again_with_one_button(system: AllInOne, signs_in: SignsIn) -> None:
    await log_line(system, GIBBERISH)
    otto = await signs_in(Role.OPERATIONS)
    assert "1 meddelelser fra telefonanlægget kunne ikke forstås" in (await otto.opens("/operations")).text
    page = (await otto.opens("/operations/systems")).text
    assert "Er ikke en linje fra kølogbogen" in page
    done = await otto.sends("/operations/systems/deliveries", reason="not-a-queue-log-line")
    assert "1 meddelelser bliver læst igen" in done.text
    other = await otto.sends("/operations/systems/deliveries", reason="no-such-reason")
    assert "0 meddelelser bliver læst igen" in other.text


async def test_dead_letters_are_listed_with_a_way_to_send_them_again(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna, otto = await signs_in(Role.RECEPTION), await signs_in(Role.OPERATIONS, name="Otto")
    await anna.sends("/reception/contacts", channel="written", once="one")
    await nothing_is_delivered(system)
    assert "meddelelser mellem tjenesterne kunne ikke leveres" in (await otto.opens("/operations")).text
    page = (await otto.opens("/operations/systems")).text
    assert "contact.waiting" in page
    done = await otto.sends("/operations/systems/letters/intake")
    assert "meddelelser er på vej igen" in done.text
    assert "contact.waiting" not in done.text
    assert (await otto.sends("/operations/systems/letters/nobody")).status_code == 404


async def test_the_reception_may_read_and_only_operations_repair(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    page = await anna.opens("/operations")
    assert page.status_code == 200
    assert "/operations/systems" not in page.text
    assert (await anna.opens("/operations/day")).status_code == 200
    for path in ("/operations/systems", "/operations/systems/deliveries"):
        answer = await (anna.opens(path) if path.endswith("systems") else anna.sends(path))
        assert answer.status_code == 403
    bo = await signs_in(Role.CASEWORKER, "adults")
    assert (await bo.opens("/operations")).status_code == 403


async def comes(system: AllInOne, clock: SettableClock, weeks_ago: int, people: int) -> None:
    """So many people came to the counter an hour before now, some weeks ago."""
    now = clock.now()
    clock.set(now - timedelta(weeks=weeks_ago, hours=1))
    async with system.client("intake") as client:
        token = system.apps["intake"].state.tokens.for_development([Role.RECEPTION], [], "eva", 3600)
        for _ in range(people):
            headers = {"Authorization": f"Bearer {token}"}
            (
                await client.post("/v1/contacts", json={"channel": "walk_in"}, headers=headers)
            ).raise_for_status()
        await system.settle()
    clock.set(now)


async def test_a_day_is_compared_with_the_days_that_had_entries_and_says_how_many(
    system: AllInOne, signs_in: SignsIn, clock: SettableClock
) -> None:
    for weeks_ago, people in ((3, 1), (2, 2), (1, 3), (0, 4)):
        await comes(system, clock, weeks_ago, people)
    otto = await signs_in(Role.OPERATIONS)
    page = (await otto.opens("/operations/day", queue="reception-desk")).text
    assert "10.3.2026 holdes op mod 3 af de seneste 4 samme ugedage: 3.3., 24.2., 17.2." in page
    row = page[page.index("Kom til køen") :].split("</tr>")[0]
    for text in ("<strong>4</strong>", ">2<", "1 – 3", "Over det sædvanlige"):
        assert text in row
    assert '<polygon class="band"' in page
    assert "Vis som tabel" in page


@pytest.mark.parametrize("day", ["2099-01-01", "i går", "1990-01-01"])
async def test_an_impossible_day_is_a_fault_and_today_is_rendered(signs_in: SignsIn, day: str) -> None:
    otto = await signs_in(Role.OPERATIONS)
    page = await otto.opens("/operations/day", day=day)
    assert page.status_code == 200
    assert "Her vises i dag" in page.text
    assert "så der er ingen sædvanlig dag at holde op mod" in page.text


async def test_a_queue_that_does_not_exist_gives_a_plain_message(signs_in: SignsIn) -> None:
    otto = await signs_in(Role.OPERATIONS)
    answer = await otto.opens("/operations/day", queue="no-such-queue")
    assert answer.status_code == 404
    assert "Findes ikke" in answer.text


async def test_every_rule_is_counted_those_that_nobody_has_decided_on_too(
    system: AllInOne, signs_in: SignsIn
) -> None:
    routing = with_duties(system)
    routing.owes("notification_assessment", "c", hours=-30, unit="children-amager")
    routing.owes("notification_assessment", "c", hours=2, unit="reception", entry_id="e")
    routing.owes("notification_assessment", "c", state="met", act="assessed")
    routing.owes("notification_assessment", "c", state="met_late", act="assessed")
    routing.owes("notification_assessment", "c", state="ended_otherwise", act="duplicate")
    otto = await signs_in(Role.OPERATIONS)
    page = (await otto.opens("/operations")).text
    assert "1 frist er overskredet med 30 t., og Børneområde Amager har ansvaret." in page
    assert "1 frist udløber inden for fire timer: kl. 12.00, og Indgangen har ansvaret." in page
    assert "som de skal være." not in page
    assert "De første 2 af 2 åbne frister; 1 er overskredet" in page
    assert page.count("uden sag i køen") == 1
    row = page[page.index('scope="row">24-timers vurdering') :].split("</tr>")[0]
    assert re.findall(r'class="number">([^<]+)<', row) == ["1", "1", "1", "1", "1"]
    assert "Den samme underretning er registreret før (1)" in row


async def test_as_long_as_a_figure_could_not_be_read_nothing_is_reported_as_well(
    system: AllInOne, signs_in: SignsIn
) -> None:
    routing = with_duties(system)
    routing.fails = True
    otto = await signs_in(Role.OPERATIONS)
    page = (await otto.opens("/operations")).text
    assert "Det, vi skylder borgerne, kunne ikke læses, så ingen ved" in page
    assert "som de skal være." not in page
    routing.fails = False
    assert "Alle frister, køer og systemer er, som de skal være." in (await otto.opens("/operations")).text


async def test_a_role_that_sees_a_part_reads_that_only_that_part_is_well(signs_in: SignsIn) -> None:
    page = (await (await signs_in(Role.RECEPTION)).opens("/operations")).text
    assert "Intet af det, din rolle kan se." in page
    assert "Alle frister" not in page
