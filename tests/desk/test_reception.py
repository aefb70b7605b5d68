"""The reception's pages: from the next one in line to what the citizen learns."""

import asyncio
import re

import httpx
import pytest

from services.desk.reception.search import criterion_of
from services.hosting.all_in_one import AllInOne
from shared.in_process import InProcess
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn
from tests.desk.duties_cast import refuses_grown_children


async def begins(anna: Person, system: AllInOne, channel: str = "walk_in") -> str:
    """A new contact at the counter; gives the path of its page."""
    page = await anna.sends("/reception/contacts", channel=channel, once="once")
    await system.settle()
    return page.url.path


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1].replace("&#34;", '"')


async def writes(anna: Person, system: AllInOne, path: str, **fields: object) -> str:
    """The form is advised on and then accepted; gives the page that follows."""
    page = (await anna.opens(path)).text
    looked = await anna.sends(f"{path}/look", etag=hidden(page, "etag"), **fields)
    sent = {**fields, "etag": hidden(page, "etag"), "seen": hidden(looked.text, "seen"), "once": "a-form"}
    async with carried(system):
        return (await anna.sends(f"{path}/decide", **sent)).text


class carried:  # noqa: N801 -- reads as a sentence
    """While the block runs, events are carried between the services, as relays do."""

    def __init__(self, system: AllInOne) -> None:
        self._house = system

    async def __aenter__(self) -> None:
        async def carry() -> None:
            while True:
                await self._house.settle()
                await asyncio.sleep(0.01)

        self._task = asyncio.create_task(carry())

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await self._house.settle()


async def test_a_walk_in_is_recorded_accepted_and_confirmed_with_its_place(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    done = await writes(anna, system, path, needs="assistive_devices", age="41", in_municipality="yes")
    assert "er sendt videre" in done
    assert "Din henvendelse er nu hos Hjælpemidler" in done
    bo = await signs_in(Role.CASEWORKER, "assistive-devices")
    assert "1 venter" in (await bo.opens("/inbox/assistive-devices")).text


async def test_the_recommendation_and_its_questions_follow_the_form(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    etag = hidden((await anna.opens(path)).text, "etag")
    page = (await anna.sends(f"{path}/look", etag=etag, needs="brain_injury", in_municipality="yes")).text
    assert "Hvor gammel er borgeren?" in page
    kept = hidden(page, "draft_etag")
    page = (
        await anna.sends(
            f"{path}/look", etag=etag, draft_etag=kept, needs="brain_injury", in_municipality="yes", age="40"
        )
    ).text
    assert "Specialiseret handicapenhed, voksne" in page
    assert "Hvor gammel er borgeren?" not in page


async def test_what_was_typed_is_there_again_after_the_browser_died(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    await anna.sends(f"{path}/look", summary="Halvvejs 👪 مرحبا <script>", needs="debt", cpr="610190-12")
    page = (await anna.opens(path)).text
    assert "Halvvejs 👪 مرحبا &lt;script&gt;" in page
    assert 'value="610190-12"' in page
    assert 'value="debt" checked' in page


async def test_a_form_with_faults_comes_back_filled_in_and_nothing_is_decided(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    page = await anna.sends(f"{path}/decide", summary="x" * 4001, age="200")
    assert page.status_code == 422
    for text in ("Vælg mindst ét behov", "Alder er et tal", "over 4.000 tegn", "x" * 4001):
        assert text in page.text


async def test_a_form_sent_with_faults_goes_on_being_kept_though_a_later_draft_was_on_its_way(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    await anna.sends(f"{path}/look", summary="Kladde på vej, mens der blev trykket")
    page = (await anna.sends(f"{path}/decide", summary="Sendt for tidligt")).text
    page = (await anna.sends(f"{path}/look", draft_etag=hidden(page, "draft_etag"), summary="Rettet")).text
    assert "Åben et andet sted" not in page
    assert "Rettet" in (await anna.opens(path)).text


async def test_of_two_tabs_the_later_one_gets_a_notice_and_loses_nothing(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    first = (await anna.sends(f"{path}/look", summary="Fra det første faneblad", needs="debt")).text
    assert hidden(first, "draft_etag")
    second = (await anna.sends(f"{path}/look", summary="Fra det andet", needs="advice")).text
    assert "Åben et andet sted" in second
    assert "Fra det andet" in second
    assert "Fra det første faneblad" in (await anna.opens(path)).text


async def test_a_decision_on_facts_that_somebody_else_changed_meanwhile_is_not_taken(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna, eva = await signs_in(Role.RECEPTION), await signs_in(Role.RECEPTION, name="Eva")
    path = await begins(anna, system)
    old = hidden((await anna.opens(path)).text, "etag")
    await writes(eva, system, path, needs="assistive_devices", in_municipality="yes")
    page = await anna.sends(f"{path}/decide", etag=old, needs="debt", summary="Annas ord")
    assert page.status_code == 412
    assert "Nogen har ændret henvendelsen imens" in page.text
    assert "Annas ord" in page.text


async def test_another_place_takes_a_reason_and_goes_there(system: AllInOne, signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    etag = hidden((await anna.opens(path)).text, "etag")
    body = {"etag": etag, "needs": "assistive_devices", "in_municipality": "yes", "override": "yes"}
    page = await anna.sends(f"{path}/decide", **body, other_kind="unit", unit="adults")
    assert "hvorfor et andet sted er rigtigere" in page.text
    async with carried(system):
        page = await anna.sends(
            f"{path}/decide", **body, other_kind="unit", unit="adults", reason="Har en aftale der"
        )
    assert "Din henvendelse er nu hos Voksenområdet" in page.text


async def test_it_is_decided_in_one_call_before_triage_has_received_any_event(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    etag = hidden((await anna.opens(path)).text, "etag")
    page = await anna.sends(f"{path}/decide", etag=etag, needs="assistive_devices", in_municipality="yes")
    assert page.url.path == f"{path}/done"
    assert "Din henvendelse er nu hos Hjælpemidler" in page.text


async def test_another_recommendation_than_was_seen_is_rendered_with_what_was_typed_and_not_decided_on(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    etag = hidden((await anna.opens(path)).text, "etag")
    facts = {"in_municipality": "yes", "age": "34", "summary": "Annas ord"}
    looked = await anna.sends(f"{path}/look", etag=etag, needs="assistive_devices", **facts)
    seen = hidden(looked.text, "seen")
    page = await anna.sends(f"{path}/decide", etag=etag, seen=seen, needs="homelessness", **facts)
    assert page.status_code == 409
    for text in ("Anbefalingen har ændret sig", "Annas ord", "Boligsocialt Område"):
        assert text in page.text
    assert "Din henvendelse er nu hos" not in (await anna.opens(f"{path}/done")).text
    sent = {"etag": hidden(page.text, "etag"), "seen": hidden(page.text, "seen"), "needs": "homelessness"}
    page = await anna.sends(f"{path}/decide", **facts, **sent)
    assert "Din henvendelse er nu hos Boligsocialt Område" in page.text


async def test_facts_that_change_after_a_decision_are_decided_on_again(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    await writes(anna, system, path, needs="assistive_devices", in_municipality="yes")
    etag = hidden((await anna.opens(path)).text, "etag")
    facts = {"needs": "homelessness", "age": "34", "in_municipality": "yes"}
    page = await anna.sends(f"{path}/decide", etag=etag, **facts)
    assert "Din henvendelse er nu hos Boligsocialt Område" in page.text
    await system.settle()
    assert "Din henvendelse er nu hos Boligsocialt Område" in (await anna.opens(f"{path}/done")).text


async def test_facts_that_triage_refuses_are_a_fault_at_their_field(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    etag = hidden((await anna.opens(path)).text, "etag")
    refuses_grown_children(system)
    children = {"child_rows": "2", "child_age_2": "19"}
    page = await anna.sends(f"{path}/decide", etag=etag, needs="debt", summary="Annas ord", **children)
    assert page.status_code == 422
    assert '<a href="#child_age_2">Barn 2, barnets alder: Kan ikke gemmes, som det står.</a>' in page.text
    assert "Annas ord" in page.text


async def test_advice_ends_it_and_the_summary_is_kept(system: AllInOne, signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    etag = hidden((await anna.opens(path)).text, "etag")
    async with carried(system):
        await anna.sends(f"{path}/close", etag=etag, outcome="advised", summary="Fik vejledning")
    page = (await anna.opens(path)).text
    assert "Henvendelsen er afsluttet: Vejledt." in page
    assert "Fik vejledning" in page


async def test_two_receptionists_never_get_the_same_person(system: AllInOne, signs_in: SignsIn) -> None:
    anna, eva = await signs_in(Role.RECEPTION), await signs_in(Role.RECEPTION, name="Eva")
    async with system.client("intake") as intake:
        token = system.apps["intake"].state.tokens.for_service("test")
        headers = {"Authorization": f"Bearer {token}"}
        for _ in range(2):
            await intake.post("/v1/contacts", json={"channel": "walk_in"}, headers=headers)
    await system.settle()
    taken = {
        (await one.sends("/reception/next", queue="reception-desk", once=name)).url.path
        for one, name in ((anna, "a"), (eva, "b"))
    }
    assert len(taken) == 2
    again = await anna.sends("/reception/next", queue="reception-desk", once="c")
    assert "Ingen venter i den kø lige nu" in again.text


async def test_one_is_taken_out_of_turn_and_the_slower_of_two_gets_a_notice(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna, eva = await signs_in(Role.RECEPTION), await signs_in(Role.RECEPTION, name="Eva")
    async with system.client("intake") as intake:
        token = system.apps["intake"].state.tokens.for_service("test")
        headers = {"Authorization": f"Bearer {token}"}
        await intake.post("/v1/contacts", json={"channel": "walk_in"}, headers=headers)
    await system.settle()
    found = re.search(r'action="(/reception/entries/[^"]+/take)"', (await anna.opens("/reception")).text)
    assert found is not None
    assert (await anna.sends(found[1])).url.path.startswith("/contacts/")
    assert "Nogen var hurtigere" in (await eva.sends(found[1])).text


async def test_back_in_line_the_draft_stays_for_the_colleague_who_takes_it_next(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna, eva = await signs_in(Role.RECEPTION), await signs_in(Role.RECEPTION, name="Eva")
    async with carried(system):
        path = (await anna.sends("/reception/contacts", channel="walk_in", once="x")).url.path
        page = await anna.sends(f"{path}/release", needs="debt", summary="Kommer tilbage om lidt")
    assert page.url.path == "/reception"
    page = await eva.sends("/reception/next", queue="reception-desk", once="y")
    assert page.url.path == path
    assert "Kommer tilbage om lidt" in page.text


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("610190-1234", "cpr"),
        ("6101901234", "cpr"),
        ("20 00 00 01", "phone"),
        ("+4520000001", "phone"),
        ("7F3K-9QTX", "reference"),
        ("Alma Andersen", "name"),
        ("Mohammed", "name"),
    ],
)
def test_one_field_finds_by_whatever_is_typed(typed: str, kind: str) -> None:
    assert criterion_of(typed) == kind


async def test_a_search_is_in_no_address_and_finds(system: AllInOne, signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    etag = hidden((await anna.opens(path)).text, "etag")
    async with carried(system):
        await anna.sends(f"{path}/close", etag=etag, citizen_name="Alma Andersen", outcome="advised")
    page = await anna.sends("/reception/search", wanted="andersen")
    assert "Alma Andersen" in page.text
    assert page.url.query == b""
    assert "Ingen henvendelser passer" in (await anna.sends("/reception/search", wanted="Nobody")).text


async def test_a_call_answered_at_my_phone_pops_up_with_the_way_to_its_contact(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    await anna.sends("/reception/phone", source="pbx", agent="Anna")
    call = {"source": "pbx", "call_id": "c-1", "queue": "socialservice", "from": "+4520000001"}
    async with system.client("intake") as intake, asyncio.timeout(60):
        token = system.apps["intake"].state.tokens.for_service("pbx", Role.TELEPHONY)
        intake.headers["Authorization"] = f"Bearer {token}"
        browser = httpx.AsyncClient(
            transport=InProcess(system.app), base_url="http://desk", cookies=anna.client.cookies
        )
        async with browser, browser.stream("GET", "/reception/calls") as stream:
            lines = stream.aiter_lines()
            for kind, more in (("queued", {}), ("answered", {"agent": "Anna"})):
                moment = system.apps["intake"].state.clock.now().isoformat()
                event = {**call, "delivery_id": kind, "type": kind, "occurred_at": moment, **more}
                await intake.post("/v1/telephony/events", json=event)
                await system.settle()
            while "Du taler med" not in (line := await anext(lines)):
                pass
            assert "2000" not in line
    page = await anna.opens("/reception")
    assert "Du sidder ved telefonen Anna" in page.text
    assert "Åbn henvendelsen" in page.text


async def calls_in(system: AllInOne, call_id: str) -> str:
    """Somebody phones from the same number as ever; gives the path of the call's contact."""
    moment = system.apps["intake"].state.clock.now().isoformat()
    event = {"source": "pbx", "delivery_id": call_id, "call_id": call_id, "type": "queued"}
    event |= {"queue": "socialservice", "from": "+4520000001", "occurred_at": moment}
    async with system.client("intake") as intake:
        token = system.apps["intake"].state.tokens.for_service("pbx", Role.TELEPHONY)
        await intake.post("/v1/telephony/events", json=event, headers={"Authorization": f"Bearer {token}"})
        await system.settle()
        staff = system.apps["intake"].state.tokens.for_development([Role.RECEPTION], [], "eva", 3600)
        headers = {"Authorization": f"Bearer {staff}"}
        call = (await intake.get(f"/v1/calls/{call_id}", headers=headers)).json()
    return f"/contacts/{call['contact_id']}"


async def test_whom_the_number_was_about_before_is_offered_and_taken_over_by_a_person(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    first = await calls_in(system, "c-1")
    etag = hidden((await anna.opens(first)).text, "etag")
    said = {"cpr": "610190-1234", "citizen_name": "Alma Andersen", "phone": "+4520000001"}
    async with carried(system):
        await anna.sends(f"{first}/close", etag=etag, outcome="advised", **said)
    second = await calls_in(system, "c-2")
    page = (await anna.opens(second)).text
    assert "Har ringet før fra dette nummer" in page
    assert "Alma Andersen" in page
    assert 'value="6101901234"' not in page, "nobody is chosen by the machine"
    page = (await anna.sends(f"{second}/same-as/{first.rpartition('/')[2]}", needs="debt")).text
    assert 'value="6101901234"' in page
    assert 'value="debt" checked' in page


async def test_why_not_elsewhere_and_what_to_read_aloud_are_beside_the_recommendation(
    system: AllInOne, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    facts = {"needs": "support_at_home", "age": "30", "in_municipality": "yes", "applies_for_measure": "yes"}
    page = (await anna.sends(f"{path}/look", **facts)).text
    assert "Hvorfor ikke et andet sted?" in page
    assert "Hvis borgeren var 31 år, ville det være Voksenområdet." in page
    assert "Ventetid der nu:" in page
    kept = hidden(page, "draft_etag")
    page = (
        await anna.sends(f"{path}/look", draft_etag=kept, needs="autism", in_municipality="yes", age="30")
    ).text
    assert "Eksempelgade 1, 2200 København N" in page
    assert "Telefon +45 00 00 00 01" in page
    assert "Mandag, tirsdag, onsdag og torsdag kl. 10.00-16.00" in page
