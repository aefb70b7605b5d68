"""Traces: a contact's whole way in one time line, and each opening with its purpose in the trail."""

from typing import Any

import pytest

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.desk.conftest import SignsIn
from tests.desk.inbox_cast import somebody_for_housing

PURPOSE = "Klage behandles"


async def accesses(system: AllInOne) -> list[dict[str, Any]]:
    async with system.client("intake") as client:
        token = system.apps["intake"].state.tokens.for_development([Role.AUDITOR], [], "vera", 3600)
        answer = await client.get("/v1/access-log", headers={"Authorization": f"Bearer {token}"})
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


async def contact_of(system: AllInOne) -> tuple[str, str]:
    """A contact that waits in the housing area; its reference and id."""
    reference = await somebody_for_housing(system)
    contact_id = next(access["contact_id"] for access in await accesses(system) if access["contact_id"])
    return reference, contact_id


async def test_the_whole_way_is_in_order(system: AllInOne, signs_in: SignsIn) -> None:
    reference, _ = await contact_of(system)
    vera = await signs_in(Role.AUDITOR)
    page = (await vera.sends("/trace", reference=reference.lower(), purpose=PURPOSE)).text
    assert f"Spor for {reference}" in page
    line = page[page.index("Tidslinje") :]
    said = (
        "Modtaget: Fremmøde",
        "Anbefalet: Boligsocialt Område",
        "Anbefalingen godkendt: Boligsocialt Område",
        "Forlod",
        "I kø hos Boligsocialt Område",
    )
    places = [line.index(text) for text in said]
    assert places[:3] == sorted(places[:3])
    assert "regelsæt 2" in line
    assert "af Indgangen" in line


async def test_each_access_is_logged_with_its_purpose_and_listed_for_the_auditor(
    system: AllInOne, signs_in: SignsIn
) -> None:
    _, contact_id = await contact_of(system)
    vera = await signs_in(Role.AUDITOR)
    opened = await vera.opens(f"/trace/{contact_id}")
    assert "Hvorfor slår du op?" in opened.text
    assert not [access for access in await accesses(system) if access["role"] == "auditor"]
    page = (await vera.sends(f"/trace/{contact_id}", purpose=PURPOSE)).text
    assert f"Læst: {PURPOSE}" in page
    mine = [access for access in await accesses(system) if access["role"] == "auditor"]
    assert {access["purpose"] for access in mine} == {PURPOSE}
    assert {access["action"] for access in mine} == {"read", "list"}


async def test_a_purpose_in_own_words_goes_before_the_list(system: AllInOne, signs_in: SignsIn) -> None:
    _, contact_id = await contact_of(system)
    vera = await signs_in(Role.AUDITOR)
    own = "  Ærlig undren\r\nX-Evil: ja "
    page = await vera.sends(f"/trace/{contact_id}", purpose=PURPOSE, own_purpose=own)
    assert page.status_code == 200
    assert "Ærlig undren X-Evil: ja" in {access["purpose"] for access in await accesses(system)}


@pytest.mark.parametrize("purpose", ["", "ok", "x" * 201, "因為", "tab\x00nul"])
async def test_without_a_purpose_nothing_is_rendered_and_nothing_is_lost(
    system: AllInOne, signs_in: SignsIn, purpose: str
) -> None:
    reference, contact_id = await contact_of(system)
    vera = await signs_in(Role.AUDITOR)
    for path in ("/trace", f"/trace/{contact_id}"):
        page = await vera.sends(path, reference=reference, own_purpose=purpose)
        assert page.status_code == 422
        assert "Vælg et formål" in page.text
        assert "Tidslinje" not in page.text
        if purpose and purpose.isprintable():
            assert purpose in page.text
        assert (reference in page.text) == (path == "/trace")
    assert not [access for access in await accesses(system) if access["role"] == "auditor"]


@pytest.mark.parametrize("reference", ["", "7F3K-9QTX", "'; drop", "hest"])
async def test_an_unknown_reference_is_a_fault_at_its_field(signs_in: SignsIn, reference: str) -> None:
    vera = await signs_in(Role.AUDITOR)
    page = await vera.sends("/trace", reference=reference, purpose=PURPOSE)
    assert page.status_code == 422
    assert 'id="reference-error"' in page.text
    assert "checked" in page.text


@pytest.mark.parametrize(
    ("role", "unit", "sees_needs"),
    [
        (Role.RECEPTION, "", True),
        (Role.CASEWORKER, "housing-social", True),
        (Role.OPERATIONS, "", False),
        (Role.AUDITOR, "", False),
    ],
)
async def test_each_role_sees_what_it_may(
    system: AllInOne, signs_in: SignsIn, role: Role, unit: str, sees_needs: bool
) -> None:
    _, contact_id = await contact_of(system)
    somebody = await signs_in(role, unit)
    page = (await somebody.sends(f"/trace/{contact_id}", purpose=PURPOSE)).text
    assert "I kø hos Boligsocialt Område" in page
    assert ("<dd>Hjemløshed</dd>" in page) == sees_needs
    assert ("kan kun tilsynet se" in page) == (role is not Role.AUDITOR)


async def test_another_units_caseworker_reads_that_it_is_not_theirs(
    system: AllInOne, signs_in: SignsIn
) -> None:
    _, contact_id = await contact_of(system)
    bo = await signs_in(Role.CASEWORKER, "adults")
    page = await bo.sends(f"/trace/{contact_id}", purpose=PURPOSE)
    assert page.status_code == 403
    assert "Det må din rolle ikke" in page.text
    rita = await signs_in(Role.RULES_EDITOR)
    assert (await rita.opens("/trace")).status_code == 403


async def test_a_contact_that_does_not_exist_gives_a_message(signs_in: SignsIn) -> None:
    vera = await signs_in(Role.AUDITOR)
    nobody = "/trace/01890000-0000-7000-8000-000000000000"
    page = await vera.sends(nobody, purpose=PURPOSE)
    assert page.status_code == 404
    assert "Findes ikke" in page.text
