"""Letters: what lies in the mail, writing one down, and sending a misaddressed one to where it belongs."""

import re
from typing import Any

import pytest

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn
from tests.desk.test_reception import carried

FORWARDED = {"to_citizen": "Kære Alma", "to_authority": "Til BIF"}


@pytest.fixture
async def anna(signs_in: SignsIn) -> Person:
    """Anna opens the mail at the reception."""
    return await signs_in(Role.RECEPTION)


async def written(system: AllInOne, anna: Person, **fields: str) -> str:
    """A letter is written down; gives the path of its contact."""
    letter = {"received_on": "2026-03-02", "contact_name": "Alma", "summary": "Om kontanthjælp"}
    async with carried(system):
        page = await anna.sends("/letters", once="a-letter", **(letter | fields))
    return page.url.path


async def contact_of(system: AllInOne, path: str) -> dict[str, Any]:
    async with system.client("intake") as intake:
        token = system.apps["intake"].state.tokens.for_service("tests")
        found = await intake.get(f"/v1{path}", headers={"Authorization": f"Bearer {token}"})
    contact: dict[str, Any] = found.json()
    return contact


async def test_a_letter_that_lay_is_written_down_as_of_the_day_it_came(
    system: AllInOne, anna: Person
) -> None:
    path = await written(system, anna)
    assert path.startswith("/contacts/")
    contact = await contact_of(system, path)
    assert contact["received_at"] == "2026-03-01T23:00:00Z"
    assert contact["channel"] == "written"
    page = (await anna.opens("/letters")).text
    assert "Kom 2.3.2026, for 8 dage siden" in page
    assert "Taget af dig" in page
    assert "Alma" not in page


async def test_the_time_of_day_counts_when_it_is_known(system: AllInOne, anna: Person) -> None:
    path = await written(system, anna, received_time="14:30")
    assert (await contact_of(system, path))["received_at"] == "2026-03-02T13:30:00Z"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"received_on": "2026-02-30"}, "Skriv en dag, der findes."),
        ({"received_on": "0001-01-01"}, "Skriv en dag, der findes."),
        ({"received_on": "2026-03-11"}, "Dagen er ikke kommet endnu."),
        ({"received_on": "2026-03-02", "received_time": "25:00"}, "Skriv et klokkeslæt, der findes."),
        ({"received_on": "2026-03-02", "summary": "æ" * 4001}, "Teksten er over 4.000 tegn."),
    ],
)
async def test_a_letter_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    anna: Person, fields: dict[str, str], said: str
) -> None:
    page = await anna.sends("/letters", **({"contact_name": "Alma", "once": "x"} | fields))
    assert page.status_code == 422
    assert said in page.text
    assert 'value="Alma"' in page.text
    assert "Der ligger ingen breve." in (await anna.opens("/letters")).text


async def test_both_letters_are_ready_and_nothing_has_happened_yet(system: AllInOne, anna: Person) -> None:
    path = await written(system, anna)
    forward = path.replace("/contacts/", "/letters/") + "/forward"
    page = (await anna.sends(forward, place="BIF")).text
    assert "Kære Alma" in page
    assert page.count("sender det derfor videre efter forvaltningslovens § 7, stk. 2") == 1
    assert "den 2.3.2026" in page
    assert "Til Beskæftigelses- og Integrationsforvaltningen" in page
    assert (await contact_of(system, path))["status"] != "closed"


async def test_what_was_put_right_is_kept_until_it_goes_to_another_place(
    system: AllInOne, anna: Person
) -> None:
    forward = (await written(system, anna)).replace("/contacts/", "/letters/") + "/forward"
    first = (await anna.sends(forward, place="BIF")).text
    found = re.search(r'name="was" value="([^"]*)"', first)
    assert found is not None
    mine = {"to_citizen": "Mine egne ord", "to_authority": "Også her", "was": found[1]}
    assert "Mine egne ord" in (await anna.sends(forward, place="BIF", **mine)).text
    other = (await anna.sends(forward, place="municipality", name="Aarhus Kommune", **mine)).text
    assert "Mine egne ord" not in other
    assert "Til Aarhus Kommune" in other


async def test_sent_on_it_is_closed_as_forwarded_and_the_letters_are_rendered_for_printing(
    system: AllInOne, anna: Person
) -> None:
    path = await written(system, anna)
    forward = path.replace("/contacts/", "/letters/") + "/forward"
    preview = (await anna.sends(f"{forward}/print", place="BIF", **FORWARDED)).text
    assert "Brevene til udskrift" in preview
    assert (await contact_of(system, path))["status"] != "closed"
    for _ in range(2):
        page = (await anna.sends(f"{forward}/do", place="BIF", **FORWARDED)).text
        assert "Sendt videre til Beskæftigelses- og Integrationsforvaltningen" in page
        assert "Kære Alma" in page
    contact = await contact_of(system, path)
    assert (contact["status"], contact["outcome"]) == ("closed", "forwarded")
    assert "forvaltningsloven § 7, stk. 2" in contact["close_reason"]
    await system.settle()
    assert "Der ligger ingen breve." in (await anna.opens("/letters")).text


async def test_where_triage_waits_for_a_decision_it_receives_where_the_letter_went(
    system: AllInOne, anna: Person
) -> None:
    path = await written(system, anna)
    contact_id = path.rpartition("/")[2]
    async with system.client("intake") as intake, system.client("triage") as triage:
        token = system.apps["intake"].state.tokens.for_service("tests")
        intake.headers["Authorization"] = triage.headers["Authorization"] = f"Bearer {token}"
        etag = (await intake.get(f"/v1{path}")).headers["ETag"]
        facts = {"needs": ["debt"], "age": 40, "in_municipality": True}
        await intake.put(f"/v1{path}/facts", json=facts, headers={"If-Match": etag})
        await system.settle()
        forward = f"/letters/{contact_id}/forward/do"
        await anna.sends(forward, place="municipality", name="Aarhus Kommune", once="f", **FORWARDED)
        found = (await triage.get("/v1/assessments", params={"contact_id": contact_id})).json()["items"]
    decision = found[0]["decision"]
    assert decision["destination"]["kind"] == "other_authority"
    assert (decision["overridden"], decision["reason_code"]) == (True, "not_our_task")
    assert (await contact_of(system, path))["outcome"] == "forwarded"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Vælg, hvor brevet hører til."),
        ({"place": "SOF"}, "Vælg, hvor brevet hører til."),
        ({"place": "municipality"}, "Skriv, hvad myndigheden hedder."),
        ({"place": "other", "name": "x" * 121}, "Navnet er for langt."),
        ({"place": "BIF", "to_citizen": ""}, "Brevet er tomt."),
        ({"place": "BIF", "to_citizen": "x" * 6001}, "Brevet er over 6.000 tegn."),
    ],
)
async def test_a_letter_that_cannot_go_on_stays_and_says_why(
    system: AllInOne, anna: Person, fields: dict[str, str], said: str
) -> None:
    path = await written(system, anna)
    forward = path.replace("/contacts/", "/letters/") + "/forward/do"
    page = await anna.sends(forward, **({**FORWARDED, **fields}))
    assert page.status_code == 422
    assert said in page.text
    assert "Til BIF" in page.text
    assert (await contact_of(system, path))["status"] != "closed"


async def test_a_colleague_who_closed_it_otherwise_was_faster_and_the_letters_stay(
    system: AllInOne, anna: Person
) -> None:
    path = await written(system, anna)
    await anna.sends(f"{path}/finish", outcome="advised")
    forward = path.replace("/contacts/", "/letters/") + "/forward/do"
    page = await anna.sends(forward, place="BIF", **FORWARDED)
    assert page.status_code == 409
    assert "Henvendelsen har ændret sig imens" in page.text
    assert "Kære Alma" in page.text


async def test_letters_are_for_the_reception(signs_in: SignsIn) -> None:
    bo = await signs_in(Role.CASEWORKER, "adults", "Bo")
    assert (await bo.opens("/letters")).status_code == 403
