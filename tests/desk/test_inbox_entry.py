"""One entry: its contact, and each way in which it leaves the inbox."""

from typing import Any

import pytest

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn
from tests.desk.inbox_cast import entry_of, somebody_for_housing

HOUSING = "/inbox/housing-social"


@pytest.fixture
async def bo(signs_in: SignsIn) -> Person:
    """Bo is a caseworker of the housing area."""
    return await signs_in(Role.CASEWORKER, "housing-social", "Bo")


@pytest.fixture
async def path(system: AllInOne, bo: Person) -> str:
    """The page of an entry that Bo has taken."""
    reference = await somebody_for_housing(system, summary="Er <b>sat ud</b> i går 🏠")
    entry = f"{HOUSING}/entries/{await entry_of(system, reference)}"
    await bo.sends(f"{entry}/take")
    return entry


async def test_the_entry_has_the_summary_and_recommendation_and_the_access_is_logged(
    system: AllInOne, bo: Person, path: str
) -> None:
    page = (await bo.opens(path)).text
    assert "Er &lt;b&gt;sat ud&lt;/b&gt; i går 🏠" in page
    assert "Besluttet: Boligsocialt Område" in page
    assert "Taget, dig" in page
    async with system.client("intake") as intake:
        token = system.apps["intake"].state.tokens.for_development([Role.AUDITOR], [], "ida", 3600)
        log = await intake.get("/v1/access-log", headers={"Authorization": f"Bearer {token}"})
    assert ("dev-caseworker-bo", "read") in {(one["subject"], one["action"]) for one in log.json()["items"]}


async def test_another_units_caseworker_is_kept_out_before_anything_is_read(
    signs_in: SignsIn, path: str
) -> None:
    dorte = await signs_in(Role.CASEWORKER, "adults", "Dorte")
    page = await dorte.opens(path)
    assert page.status_code == 403
    assert "sat ud" not in page.text


async def test_operations_see_the_entry_without_the_person(signs_in: SignsIn, path: str) -> None:
    oda = await signs_in(Role.OPERATIONS, name="Oda")
    page = (await oda.opens(path)).text
    assert "Du ser ikke, hvem borgeren er" in page
    assert "sat ud" not in page
    assert "Læg tilbage" in page


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("release", {}, "Den er lagt tilbage i køen."),
        ("complete", {"outcome": "referred"}, "Den er afsluttet."),
        ("return", {"reason": "Er 17 år", "reason_code": "wrong_age"}, "Den er sendt retur til Indgangen"),
        ("transfer", {"queue": "adults", "reason": "Efter aftale"}, "Den er flyttet."),
    ],
)
async def test_each_step_that_ends_an_entry_is_confirmed(
    bo: Person, path: str, step: str, fields: dict[str, str], said: str
) -> None:
    page = await bo.sends(f"{path}/{step}", **fields)
    assert page.url.path == HOUSING
    assert said in page.text


async def test_triage_reads_why_it_was_the_wrong_unit(system: AllInOne, bo: Person, path: str) -> None:
    await bo.sends(f"{path}/return", reason="Er 17 år", reason_code="wrong_age")
    await system.settle()
    async with system.client("triage") as triage:
        token = system.apps["triage"].state.tokens.for_service("tests")
        found = await triage.get("/v1/assessments", headers={"Authorization": f"Bearer {token}"})
    returned = found.json()["items"][0]["returned"]
    assert (returned["reason"], returned["reason_code"]) == ("Er 17 år", "wrong_age")


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("return", {"reason": "Er <17> år"}, "Vælg, hvad der var forkert."),
        ("return", {"reason_code": "wrong_age"}, "Skriv med få ord, hvorfor."),
        ("return", {"reason_code": "wrong_age", "reason": "610190-1234"}, "ligner et CPR-nummer"),
        ("transfer", {"reason": "Efter aftale", "queue": "nowhere"}, "Vælg en kø, der findes."),
        ("transfer", {"queue": "adults", "reason": "x" * 501}, "over 500 tegn"),
    ],
)
async def test_a_form_that_lacks_something_comes_back_filled_in_and_nothing_has_changed(
    bo: Person, path: str, step: str, fields: dict[str, Any], said: str
) -> None:
    page = await bo.sends(f"{path}/{step}", **fields)
    assert page.status_code == 422
    assert said in page.text
    for text in fields.values():
        assert text.replace("<", "&lt;").replace(">", "&gt;") in page.text or text == "nowhere"
    assert "Taget af dig" in (await bo.opens(path)).text


async def test_the_second_of_two_tabs_reads_that_the_entry_has_left(bo: Person, path: str) -> None:
    await bo.sends(f"{path}/complete", outcome="completed")
    page = await bo.sends(f"{path}/return", reason="Er 17 år", reason_code="wrong_age")
    assert page.status_code == 409
    assert "er ikke længere i indbakken" in page.text


async def test_a_step_that_does_not_exist_is_no_page(bo: Person, path: str) -> None:
    assert (await bo.sends(f"{path}/abolish")).status_code == 404
