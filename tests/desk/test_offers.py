"""The catalogue's pages: found, read aloud, kept up to date, and taken from an organisation's file."""

import html
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from services.desk.offers.editing import fields_of_offer, offer_from
from services.desk.offers.week import schedules_of, week_of
from services.desk.texts import read_texts
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NAMES: dict[str, dict[Any, str]] = {
    "needs": {"autism": "Autisme", "debt": "Gæld"},
    "districts": {3: "Nørrebro"},
    "units": {"place": "Pladser", "waiting": "Venter"},
}
FILE = [
    {
        "id": "01a20676-ae61-7554-a27c-1200000000aa",
        "name": "Café for alle",
        "status": "active",
        "organization": {
            "id": "01a20676-ae61-7554-a27c-1200000000bb",
            "name": "Foreningen",
            "description": "En forening",
        },
    }
]


async def path_of(anna: Person, name: str) -> str:
    page = (await anna.sends("/offers", words=name)).text
    found = re.search(r'href="(/offers/[0-9a-f-]{36})"', page)
    assert found is not None
    return found[1]


def form_on(page: str) -> dict[str, Any]:
    """What a browser would send of the form as it is."""
    fields = dict(re.findall(r'<input class="form-input" [^>]*?name="([\w]+)"[^>]*? value="([^"]*)"', page))
    fields["status"] = re.findall(r'<option value="([^"]*)" selected', page)[0]
    description = re.search(r'name="description"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert description is not None
    fields["description"] = description[1]
    fields["etag"] = re.findall(r'name="etag" value="([^"]*)"', page)[0]
    filled: dict[str, Any] = {name: html.unescape(value) for name, value in fields.items()}
    for name in ("needs", "districts"):
        filled[name] = re.findall(rf'name="{name}" value="([^"]*)" checked', page)
    return filled


async def test_offers_are_found_by_words_need_age_and_what_is_open(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    everything = (await anna.opens("/offers")).text
    assert "13 tilbud" in everything
    assert "Ret tilbuddet" not in everything
    robus = (await anna.sends("/offers", need="self_harm", age="15")).text
    assert "ROBUS" in robus
    assert "Autismehuset" not in robus
    assert "ROBUS" not in (await anna.sends("/offers", need="self_harm", age="40")).text
    open_now = (await anna.sends("/offers", open_now="on", district="3")).text
    assert "Autismehuset" in open_now
    refused = await anna.sends("/offers", age="old", words="hus")
    assert refused.status_code == 422
    assert 'value="hus"' in refused.text


async def test_an_offer_is_read_aloud_with_what_became_of_its_referrals(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    page = (await anna.opens(await path_of(anna, "Autismehuset"))).text
    for text in ("Eksempelgade 1, 2200", "Telefon +45 00 00 00 01", "torsdag kl. 10.00-16.00", "Autisme"):
        assert text in page
    assert "0 henvendelser er ført videre hertil" in page


async def test_hours_room_and_validity_are_kept_up_to_date(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    path = await path_of(alma, "Autismehuset")
    fields = form_on((await alma.opens(f"{path}/edit")).text)
    fields |= {"opens_FR": "09:00", "closes_FR": "12:00", "free": "4", "places": "10", "waiting": "2"}
    fields |= {"valid_to": "2027-12-31", "alert": "Ring først <b>", "districts": ["3"]}
    page = await alma.sends(f"{path}/edit", **fields)
    assert page.url.path == path
    for text in (
        *("Fredag kl. 09.00-12.00", "4 ledige pladser", "af 10", "2 venter", "Nørrebro", "31.12.2027"),
        *("Ring først &lt;b&gt;", "Eksempelgade 1, 2200", "Autisme"),
    ):
        assert text in page.text
    again = form_on((await alma.opens(f"{path}/edit")).text)
    assert {name: again[name] for name in fields if name != "etag"} == {
        name: fields[name] for name in fields if name != "etag"
    }


async def test_what_was_read_can_be_saved_and_changes_nothing(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    path = await path_of(alma, "Autismehuset")
    fields = form_on((await alma.opens(f"{path}/edit")).text)
    await alma.sends(f"{path}/edit", **fields)
    assert form_on((await alma.opens(f"{path}/edit")).text)["etag"] == fields["etag"]


async def test_of_two_who_save_the_later_one_sees_what_changed_and_loses_nothing(signs_in: SignsIn) -> None:
    alma, bo = await signs_in(Role.RULES_EDITOR, name="Alma"), await signs_in(Role.RULES_EDITOR, name="Bo")
    path = await path_of(alma, "Autismehuset")
    fields = form_on((await alma.opens(f"{path}/edit")).text)
    await bo.sends(f"{path}/edit", **{**fields, "free": "1"})
    late = await alma.sends(f"{path}/edit", **{**fields, "alert": "Almas ord"})
    assert late.status_code == 412
    for text in (
        "Nogen har ændret tilbuddet imens",
        'value="Almas ord"',
        "<dt>Ledige pladser</dt><dd>1</dd>",
    ):
        assert text in late.text
    assert (await alma.sends(f"{path}/edit", **form_on(late.text))).url.path == path


async def test_a_form_with_faults_comes_back_filled_in(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    path = await path_of(alma, "Autismehuset")
    fields = form_on((await alma.opens(f"{path}/edit")).text)
    wrong = {"name": "", "minimum_age": "40", "maximum_age": "20", "places": "2", "opens_SU": "10:00"}
    page = await alma.sends(f"{path}/edit", **{**fields, **wrong})
    assert page.status_code == 422
    for text in ("skal have et navn", "lavere end fra-alderen", "hvor mange pladser der er ledige"):
        assert text in page.text
    assert "Skriv både hvornår der åbnes og lukkes" in page.text
    anna = await signs_in(Role.RECEPTION)
    assert (await anna.sends(f"{path}/edit", **fields)).status_code == 403


async def test_a_file_is_previewed_and_only_then_imported(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    sent = {"source": "frivilligcentret", "content": json.dumps(FILE)}
    preview = (await alma.sends("/offers/import", **sent)).text
    assert "Det ville ske" in preview
    assert "Café for alle" in preview
    assert "13 tilbud" in (await alma.opens("/offers")).text
    assert "Det er sket" in (await alma.sends("/offers/import", **sent, take="yes")).text
    assert "14 tilbud" in (await alma.opens("/offers")).text
    assert "1 er, som de var" in (await alma.sends("/offers/import", **sent)).text


@pytest.mark.parametrize(
    ("source", "content", "said"),
    [
        ("", "[]", "Der mangler noget"),
        ("frivilligcentret", "{", "Filen er ikke en liste af tilbud"),
        ("frivilligcentret", '[{"name": "uden id"}]', "/0/id"),
        ("Frivillig Centret", "[]", "kan ikke gemmes sådan"),
    ],
)
async def test_a_file_that_cannot_be_taken_says_where_and_stays_in_the_field(
    signs_in: SignsIn, source: str, content: str, said: str
) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    page = await alma.sends("/offers/import", source=source, content=content)
    assert page.status_code == 422
    assert said in page.text
    assert html.escape(content, quote=True).replace("&quot;", "&#34;") in page.text


def test_a_week_of_hours_is_read_and_written_back() -> None:
    schedules = [{"id": "1", "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "10:00", "closes_at": "16:00"}]
    week = week_of(schedules)
    assert week == {"MO": ("10:00", "16:00"), "TU": ("10:00", "16:00")}
    assert week_of(schedules_of(week)) == week
    assert week_of([*schedules, *schedules]) is None
    assert week_of([{"freq": "MONTHLY", "byday": "1MO"}]) is None


def test_hours_that_a_week_cannot_hold_and_foreign_terms_stay_as_they_were() -> None:
    monthly = [{"id": "1", "freq": "MONTHLY", "bymonthday": "1", "opens_at": "10:00", "closes_at": "12:00"}]
    foreign = {"id": "2", "taxonomy_term": {"id": "3", "name": "x", "term_uri": "urn:other:1"}}
    service = {"name": "Hus", "status": "active", "schedules": monthly, "attributes": [foreign]}
    fields = {**fields_of_offer(service), "needs": ["debt"]}
    document, faults = offer_from(service, fields, NOW, NAMES)
    assert faults == []
    assert document["schedules"] == monthly
    assert document["attributes"][0] == foreign
    assert document["attributes"][1]["taxonomy_term"]["term_uri"] == "urn:dsi:needs:debt"
    assert "capacities" not in document


def test_every_field_and_fault_has_its_words() -> None:
    texts = read_texts()["offers"]
    for wrong in (
        "no_name",
        "no_number",
        "no_free",
        "no_day",
        "no_hours",
        "ages_backwards",
        "days_backwards",
    ):
        assert texts["faults"][wrong].endswith(".")
