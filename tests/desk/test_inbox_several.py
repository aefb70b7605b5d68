"""Several entries at once: a preview first, and a list of what could not be done."""

import pytest

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn
from tests.desk.inbox_cast import entry_of, somebody_for_housing

HOUSING = "/inbox/housing-social"
SEVERAL = f"{HOUSING}/several"


@pytest.fixture
async def bo(signs_in: SignsIn) -> Person:
    """Bo is a caseworker of the housing area."""
    return await signs_in(Role.CASEWORKER, "housing-social", "Bo")


async def lying(system: AllInOne, count: int) -> list[tuple[str, str]]:
    """Reference and entry of so many new ones."""
    references = [await somebody_for_housing(system) for _ in range(count)]
    return [(reference, await entry_of(system, reference)) for reference in references]


async def test_the_preview_lists_each_and_changes_nothing(system: AllInOne, bo: Person) -> None:
    (mine, entry), (free, other) = await lying(system, 2)
    await bo.sends(f"{HOUSING}/entries/{entry}/take")
    page = (await bo.sends(SEVERAL, step="release", entry=[entry, other])).text
    assert "<h1>1 lægges tilbage i køen</h1>" in page
    assert f"<strong>{mine}</strong> lægges tilbage i køen, hvor den stod" in page
    assert "1 kan ikke komme med" in page
    assert f"<strong>{free}</strong> er ikke taget; tag den først" in page
    assert "1 venter, 1 er taget" in (await bo.opens(HOUSING)).text


async def test_several_are_moved_with_one_reason(system: AllInOne, bo: Person) -> None:
    lay = await lying(system, 2)
    ids = [entry for _, entry in lay]
    page = await bo.sends(f"{SEVERAL}/do", step="transfer", entry=ids, queue="adults", reason="Aftalt")
    assert "<h1>2 er flyttet</h1>" in page.text
    assert "0 venter, 0 er taget" in (await bo.opens(HOUSING)).text


async def test_what_a_colleague_took_between_the_preview_and_the_step_is_listed(
    system: AllInOne, signs_in: SignsIn, bo: Person
) -> None:
    (first, one), (second, two) = await lying(system, 2)
    await bo.sends(SEVERAL, step="transfer", entry=[one, two])
    carla = await signs_in(Role.CASEWORKER, "housing-social", "Carla")
    await carla.sends(f"{HOUSING}/entries/{two}/take")
    page = await bo.sends(f"{SEVERAL}/do", step="transfer", entry=[one, two], queue="adults", reason="Aftalt")
    assert "<h1>1 er flyttet</h1>" in page.text
    assert first in page.text
    assert f"<strong>{second}</strong> er taget af en kollega" in page.text


async def test_completing_several_demands_how_they_ended(system: AllInOne, bo: Person) -> None:
    ((reference, entry),) = await lying(system, 1)
    await bo.sends(f"{HOUSING}/entries/{entry}/take")
    page = await bo.sends(f"{SEVERAL}/do", step="complete", entry=entry)
    assert page.status_code == 422
    assert "Vælg, hvordan det endte." in page.text
    page = await bo.sends(f"{SEVERAL}/do", step="complete", entry=entry, outcome="completed")
    assert "<h1>1 er afsluttet</h1>" in page.text
    again = await bo.sends(f"{SEVERAL}/do", step="complete", entry=entry, outcome="completed")
    assert f"<strong>{reference}</strong> er ikke længere i indbakken" in again.text


async def test_entries_of_another_unit_reveal_nothing(system: AllInOne, signs_in: SignsIn) -> None:
    ((reference, entry),) = await lying(system, 1)
    dorte = await signs_in(Role.CASEWORKER, "adults", "Dorte")
    page = await dorte.sends("/inbox/adults/several", step="transfer", entry=entry)
    assert "Ingen af de valgte kan komme med." in page.text
    assert reference not in page.text


async def test_nothing_ticked_and_things_that_are_no_entries_lead_back(bo: Person) -> None:
    for ticked in ([], ["no-id"]):
        assert (await bo.sends(SEVERAL, step="release", entry=ticked)).url.path == HOUSING
    assert (await bo.sends(SEVERAL, step="abolish")).status_code == 404
