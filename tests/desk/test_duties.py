"""What is owed: on the pages from the first word on, and ended by its own act."""

from typing import Any

import pytest

from services.desk.api_clients import ApiClients
from services.desk.duties.service import MOST_READ, read_duties
from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn
from tests.desk.duties_cast import RoutingWithDuties, advises, with_duties
from tests.desk.inbox_cast import entry_of, somebody_for_housing
from tests.desk.test_reception import begins, hidden

HOUSING = "/inbox/housing-social"
HEADING = "Det skylder vi borgeren"


@pytest.fixture
def routing(system: AllInOne) -> RoutingWithDuties:
    """Routing with duties."""
    return with_duties(system)


@pytest.fixture
async def bo(signs_in: SignsIn) -> Person:
    """Bo is a caseworker of the housing area."""
    return await signs_in(Role.CASEWORKER, "housing-social", "Bo")


class Entry:
    """An entry that Bo has taken, with its page and its contact."""

    def __init__(self, path: str, contact_id: str) -> None:
        self.path = path
        self.contact_id = contact_id


@pytest.fixture
async def entry(system: AllInOne, routing: RoutingWithDuties, bo: Person) -> Entry:
    reference = await somebody_for_housing(system)
    entry_id = await entry_of(system, reference)
    path = f"{HOUSING}/entries/{entry_id}"
    await bo.sends(f"{path}/take")
    async with system.client("routing") as client:
        token = system.apps["routing"].state.tokens.for_service("tests")
        found = await client.get(f"/v1/entries/{entry_id}", headers={"Authorization": f"Bearer {token}"})
    return Entry(path, found.json()["contact_id"])


def field(duty: dict[str, Any], act: str, name: str) -> str:
    return f"{duty['id']}-{act}-{name}"


async def test_the_entry_says_what_is_owed_since_when_until_when_and_by_whom(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    routing.owes("notification_assessment", entry.contact_id, hours=5.5)
    routing.owes("notification_receipt", entry.contact_id, hours=-2)
    page = (await bo.opens(entry.path)).text
    for text in (
        HEADING,
        "24-timers vurdering af underretning",
        "barnets lov § 136",
        "5 t. 30 min. tilbage",
        "senest tirsdag 10. marts kl. 15.30",
        "Siden 9.3.2026 kl. 10.00. Ansvar: Boligsocialt Område.",
        "overskredet for 2 t. siden",
        "Skal barnet have hjælp nu?",
    ):
        assert text in page
    assert page.index("Vurderingen er skrevet ned</button>") < page.index(
        "Det er ikke en underretning</button>"
    )


async def test_an_act_is_recorded_once_and_the_page_says_who_did_it_and_when(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    duty = routing.owes("notification_assessment", entry.contact_id)
    fields = {
        "act": "assessed",
        "once": "a-form",
        field(duty, "assessed", "acute_help_needed"): "no",
        field(duty, "assessed", "reason"): "Er hos sin moster",
    }
    page = await bo.sends(f"{entry.path}/duties/{duty['id']}", **fields)
    assert page.url.path == entry.path
    assert routing.acts == [
        (
            duty["id"],
            {"act": "assessed", "reason": "Er hos sin moster", "acute_help_needed": False},
        )
    ]
    text = " ".join(page.text.split())
    assert "Vurderingen er skrevet ned</strong>: Er hos sin moster" in text
    assert ", kl. 10.00 af dig. Til tiden." in text


async def test_an_act_that_lacks_something_comes_back_with_what_was_typed_and_nothing_is_sent(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    duty = routing.owes("notification_assessment", entry.contact_id)
    reason = field(duty, "assessed", "reason")
    page = await bo.sends(f"{entry.path}/duties/{duty['id']}", act="assessed", **{reason: "Er <hos> moster"})
    assert page.status_code == 422
    assert "Vælg ja eller nej." in page.text
    assert 'value="Er &lt;hos&gt; moster"' in page.text
    assert routing.acts == []


async def test_an_act_that_routing_refuses_has_the_problem_at_its_field(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    duty = routing.owes("notification_assessment", entry.contact_id)
    routing.refuses = (422, "/reason")
    reason = field(duty, "assessed", "reason")
    fields = {field(duty, "assessed", "acute_help_needed"): "yes", reason: "Alma 610190-1234"}
    page = await bo.sends(f"{entry.path}/duties/{duty['id']}", act="assessed", **fields)
    assert page.status_code == 422
    assert f'id="{reason}-error">Det kan ikke gemmes, som det står.' in page.text
    assert f'id="{reason}" name="{reason}"' in page.text
    assert 'aria-invalid="true" data-focus' in page.text


@pytest.mark.parametrize(
    ("status", "text"),
    [(409, "Fristen har ændret sig imens"), (404, "Fristen har ændret sig imens"), (403, "en anden enhed")],
)
async def test_a_colleague_who_was_faster_and_another_units_duty_are_reported_at_the_duty(
    routing: RoutingWithDuties, bo: Person, entry: Entry, status: int, text: str
) -> None:
    duty = routing.owes("application_adults", entry.contact_id)
    routing.refuses = (status, "")
    page = await bo.sends(f"{entry.path}/duties/{duty['id']}", act="decided")
    assert page.status_code in {403, 409}
    assert text in page.text


async def test_a_duplicate_is_named_by_its_reference_and_sent_as_its_id(
    system: AllInOne, routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    other = await somebody_for_housing(system)
    duty = routing.owes("notification_assessment", entry.contact_id)
    name = field(duty, "duplicate", "duplicate_of")
    path = f"{entry.path}/duties/{duty['id']}"
    wrong = await bo.sends(path, act="duplicate", **{name: "0000-0000"})
    assert "Ingen henvendelse har den reference." in wrong.text
    assert routing.acts == []
    await bo.sends(path, act="duplicate", **{name: other})
    ((_, body),) = routing.acts
    assert len(body["duplicate_of"]) == 36


async def test_completing_with_one_duty_done_and_one_that_goes_on(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    done = routing.owes("notification_assessment", entry.contact_id)
    going_on = routing.owes("notification_receipt", entry.contact_id, hours=60)
    page = (await bo.opens(entry.path)).text
    assert "2 frister løber endnu" in page
    assert page.count("Fortsætter hos os") == 2
    fields = {
        "outcome": "completed",
        f"duty-{done['id']}": "assessed",
        f"duty-{going_on['id']}": "",
        f"with-{field(done, 'assessed', 'acute_help_needed')}": "no",
        f"with-{field(done, 'assessed', 'reason')}": "Er hos sin moster",
    }
    page_after = await bo.sends(f"{entry.path}/complete", **fields)
    assert "Den er afsluttet." in page_after.text
    (sent,) = routing.completed
    assert sent == {
        "outcome": "completed",
        "duties": [
            {
                "id": done["id"],
                "act": "assessed",
                "reason": "Er hos sin moster",
                "acute_help_needed": False,
            }
        ],
    }
    assert "Åbne frister uden sag i køen (1)" in page_after.text
    owed = page_after.text[page_after.text.index("Åbne frister uden sag") :]
    assert "Kvittering for underretning" in owed
    assert "24-timers vurdering" not in owed


async def test_an_act_chosen_while_completing_says_what_it_lacks_and_the_entry_stays(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    duty = routing.owes("notification_assessment", entry.contact_id)
    choice = {"outcome": "completed", f"duty-{duty['id']}": "assessed"}
    page = await bo.sends(f"{entry.path}/complete", **choice)
    assert page.status_code == 422
    assert f'id="with-{field(duty, "assessed", "reason")}-error">Skriv det med få ord.' in page.text
    assert 'value="assessed" checked' in page.text
    routing.refuses = (422, "/acute_help_needed")
    filled = {
        f"with-{field(duty, 'assessed', 'acute_help_needed')}": "yes",
        f"with-{field(duty, 'assessed', 'reason')}": "Kort",
    }
    page = await bo.sends(f"{entry.path}/complete", **choice, **filled)
    assert page.status_code == 422
    assert f'id="with-{field(duty, "assessed", "acute_help_needed")}-error">Det kan ikke gemmes' in page.text
    assert 'value="Kort"' in page.text
    assert routing.completed == []
    assert "Taget af dig" in (await bo.opens(entry.path)).text


async def test_without_open_duties_completing_is_the_one_step_that_it_was(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    routing.owes("application_adults", entry.contact_id, state="met", act="decided")
    page = (await bo.opens(entry.path)).text
    assert "Fortsætter hos os" not in page
    assert "Den er afsluttet." in (await bo.sends(f"{entry.path}/complete", outcome="advised")).text
    assert routing.completed == [{"outcome": "advised", "duties": []}]


async def test_the_inbox_lists_open_duties_without_an_entry_in_order_of_due_time(
    routing: RoutingWithDuties, bo: Person, entry: Entry
) -> None:
    assert "Åbne frister uden sag i køen" not in (await bo.opens(HOUSING)).text
    routing.owes("application_adults", entry.contact_id, hours=50)
    late = routing.owes("notification_receipt", entry.contact_id, hours=-2)
    routing.owes("notification_assessment", entry.contact_id, entry_id="e")
    routing.owes("application_adults", entry.contact_id, unit="adults")
    page = (await bo.opens(HOUSING)).text
    assert "Åbne frister uden sag i køen (2)" in page
    assert page.index("Kvittering for underretning <span") < page.index("Ansøgning, voksne <span")
    path = f"{HOUSING}/duties/{late['id']}"
    wrong = await bo.sends(path, act="receipt_sent")
    assert wrong.status_code == 422
    assert "Vælg en af mulighederne." in wrong.text
    done = await bo.sends(path, act="receipt_sent", **{field(late, "receipt_sent", "how"): "letter"})
    assert "Det er skrevet ned, og fristen er slut." in done.text
    assert "Åbne frister uden sag i køen (1)" in done.text


async def test_the_reception_reads_another_units_duties_and_ends_its_own(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    contact_id = path.rpartition("/")[2]
    routing.owes("notification_assessment", contact_id, hours=-1, unit="children-amager")
    own = routing.owes("notification_receipt", contact_id, hours=60, unit="reception")
    page = (await anna.opens(path)).text
    assert "2 frister løber." in page
    assert "Den første: 24-timers vurdering af underretning, overskredet for 1 t. siden." in page
    assert "Vurderingen er skrevet ned</button>" not in page
    wrong = await anna.sends(f"{path}/duties/{own['id']}", act="receipt_sent")
    assert wrong.status_code == 422
    assert "Vælg en af mulighederne." in wrong.text
    assert hidden(wrong.text, "etag")
    how = {field(own, "receipt_sent", "how"): "digital_post"}
    done = await anna.sends(f"{path}/duties/{own['id']}", act="receipt_sent", **how)
    assert "1 frist løber." in done.text
    assert "Kvitteringen er sendt" in done.text


async def test_a_letter_that_nobody_has_opened_says_how_long_it_may_lie(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = (await anna.sends("/letters", received_on="2026-03-10", once="a-letter")).url.path
    await system.settle()
    routing.owes("unread_mail", path.rpartition("/")[2], hours=2, unit="reception")
    assert (
        "Åbnes senest tirsdag 10. marts kl. 12.00: 2 t. tilbage i åbningstiden"
        in (await anna.opens("/letters")).text
    )
    routing.duties.clear()
    routing.owes("unread_mail", path.rpartition("/")[2], hours=-1, unit="reception")
    assert "overskredet for 1 t. siden" in (await anna.opens("/letters")).text


async def test_a_routing_without_duties_shows_nothing_there_and_no_error(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn, bo: Person, entry: Entry
) -> None:
    routing.is_missing = True
    anna, otto = await signs_in(Role.RECEPTION), await signs_in(Role.OPERATIONS, name="Otto")
    contact = await begins(anna, system)
    for person, path in (
        (bo, entry.path),
        (bo, HOUSING),
        (anna, contact),
        (anna, "/letters"),
        (otto, "/operations"),
    ):
        page = await person.opens(path)
        assert page.status_code == 200, path
        assert HEADING not in page.text
        assert "regel for regel" not in page.text
    assert "Den er afsluttet." in (await bo.sends(f"{entry.path}/complete", outcome="completed")).text


async def test_a_list_longer_than_a_page_is_read_to_its_end_or_to_its_bound(
    system: AllInOne, routing: RoutingWithDuties
) -> None:
    for _ in range(250):
        routing.owes("application_adults", "c")
    services = ApiClients(system.apps["desk"].state.desk.services, "")
    assert len(await read_duties(services, contact_id="c") or ()) == 250
    for _ in range(MOST_READ):
        routing.owes("application_adults", "c")
    assert len(await read_duties(services, contact_id="c") or ()) == MOST_READ


async def test_a_letter_about_two_siblings_has_a_row_a_place_and_a_deadline_for_each(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn
) -> None:
    sent_facts: list[dict[str, Any]] = []
    advises(system, lambda facts, answer: _two_siblings(sent_facts, facts, answer))
    anna = await signs_in(Role.RECEPTION)
    page = await anna.sends("/letters", received_on="2026-03-10", once="l", summary="Om to søskende")
    path = page.url.path
    await system.settle()
    first = {"needs": ["child_concern", "income_support"], "child_age": "4", "child_postal_code": "2200"}
    page = await anna.sends(f"{path}/children", add_child="on", **first)
    assert page.status_code == 200
    assert 'id="child_age_2" name="child_age_2" value=""' in page.text
    assert 'name="child_age" value="4"' in page.text
    second = {**first, "child_rows": "2", "child_age_2": "9", "measures_running": "on"}
    page = await anna.sends(f"{path}/look", draft_etag=hidden(page.text, "draft_etag"), **second)
    assert sent_facts[-1]["children"] == [{"age": 4, "postal_code": "2200"}, {"age": 9}]
    assert sent_facts[-1]["measures_running"] is True
    text = " ".join(page.text.split())
    for part in (
        "<h3>Barn 1</h3> <p><strong>Børneområde Nørrebro-Bispebjerg</strong>, inden 24 timer</p>",
        "<h3>Barn 2</h3>",
        '<a href="#child_district_2" data-focuses="child_district_2">I hvilken bydel bor barnet?</a>',
        "Underretning: vurderes senest onsdag 11. marts kl. 10.00, også om natten",
        "<strong>Måske:</strong> Ansøgning: afgøres senest tirsdag 7. april kl. 10.00",
        "Kontanthjælp, job: send videre til Beskæftigelses- og Integrationsforvaltningen (skriftlig",
        "Ring til Den Sociale Døgnvagt nu",
        "Vær opmærksom: something_new",
    ):
        assert part in text, part
    page = await anna.sends(f"{path}/children", remove_child="1", **second)
    assert 'name="child_age" value="9"' in page.text
    assert 'id="child_age_2"' not in page.text


def _two_siblings(sent_facts: list[dict[str, Any]], facts: dict[str, Any], answer: dict[str, Any]) -> None:
    sent_facts.append(facts)

    def clock(rule: str, due_at: str, law: str) -> dict[str, Any]:
        return {"rule": rule, "due_at": due_at, "legal_basis": law}

    assessment = clock("notification_assessment", "2026-03-11T09:00:00Z", "barnets lov § 136")
    application = clock("application_adults", "2026-04-07T08:00:00Z", "retssikkerhedsloven § 3")
    duty = {"code": "notification", "holds": "true", "text": "Underretning", "clocks": [assessment]}
    place = {"kind": "unit", "unit": "children-noerrebro-bispebjerg", "administration": None}
    child = {"destination": place, "urgency": "day", "duties": [duty], "reasons": []}
    unsure = {**child, "questions": [{"fact": "district", "text": "I hvilken bydel bor barnet?"}]}
    answer |= {
        "warnings": ["call_out_of_hours_service", "something_new"],
        "also": [{"administration": "BIF", "needs": ["income_support"], "how": "forwarded"}],
        "duties": [{"code": "application", "holds": "may", "text": "Ansøgning", "clocks": [application]}],
        "companions": [{"child": 0, "recommendation": child}, {"child": 1, "recommendation": unsure}],
    }


async def test_a_fault_in_a_childs_row_is_named_by_its_child(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    advises(system, lambda _facts, _answer: None)
    fields = {"needs": "advice", "child_rows": "3", "child_age": "4", "child_age_3": "tolv"}
    page = await anna.sends(f"{path}/decide", **fields)
    assert page.status_code == 422
    assert '<a href="#child_age_3">Barn 3, barnets alder: Alder er et tal fra 0 til 130.</a>' in page.text
    assert 'id="child_age_3-error"' in page.text


async def test_with_htmx_only_the_rows_come_and_the_new_one_has_the_focus(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    anna.client.headers["HX-Request"] = "true"
    page = await anna.sends(f"{path}/children", add_child="on", child_age="4")
    assert page.text.lstrip().startswith('<div id="children"')
    assert "autofocus" in page.text.split('id="child_age_2"')[1].split(">")[0]
    removed = await anna.sends(f"{path}/children", remove_child="2", child_rows="2", child_age="4")
    assert 'id="child_age_2"' not in removed.text
    assert "Fjern barn" not in removed.text


async def test_without_an_answer_about_duties_a_contact_is_recorded_as_always_and_the_page_says_so(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn
) -> None:
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    routing.fails = True
    page = await anna.opens(path)
    assert page.status_code == 200
    assert "Hvad vi skylder borgeren, kan ikke vises lige nu." in page.text


async def test_what_belongs_to_another_administration_is_named_beside_the_form_as_one_types(
    system: AllInOne, routing: RoutingWithDuties, signs_in: SignsIn
) -> None:
    also = {"administration": "BIF", "needs": ["income_support"], "how": "guided"}
    advises(system, lambda _facts, answer: answer.update(also=[also]))
    anna = await signs_in(Role.RECEPTION)
    path = await begins(anna, system)
    anna.client.headers["HX-Request"] = "true"
    page = await anna.sends(f"{path}/look", needs=["debt", "income_support"])
    assert "Kontanthjælp, job: vejled om Beskæftigelses- og Integrationsforvaltningen" in page.text
