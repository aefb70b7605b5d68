"""The rules' pages: read, try, draft, prove, simulate, and a second person who puts it in force."""

import html
import re
from datetime import timedelta

import pytest

from services.hosting.all_in_one import AllInOne
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn
from tests.desk.duties_cast import refuses_grown_children
from tests.desk.inbox_cast import somebody_for_housing

WHY = "Hjemløse under 25 hører til Ungeområdet"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def written(page: str) -> str:
    """The text in the editor."""
    found = re.search(r"<textarea id=\"content\".*?>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def drafts(alma: Person) -> str:
    """A draft copied from the rule set in force; gives the path of its page."""
    page = await alma.sends("/rules/2/copy", copy_reason=WHY, once="a-draft")
    assert page.url.path == "/rules/3/edit"
    return "/rules/3"


async def saves(alma: Person, path: str, content: str, etag: str = "") -> str:
    etag = etag or hidden((await alma.opens(f"{path}/edit")).text, "etag")
    page = await alma.sends(f"{path}/edit", content=content.replace("\n", "\r\n"), etag=etag, reason=WHY)
    return page.text


def young_homeless_to_youth(content: str) -> str:
    """Row 16: who is 18 to 24 and homeless goes to the youth area."""
    start = content.index("title: Hjemløshed")
    return content[:start] + content[start:].replace(
        "    unit: housing-social\n",
        "    unit:\n      by_age:\n      - below: 25\n        unit: youth\n      - unit: housing-social\n",
        1,
    )


async def ready(alma: Person) -> str:
    """A changed draft that is proved and simulated."""
    path = await drafts(alma)
    content = written((await alma.opens(f"{path}/edit")).text)
    changed = young_homeless_to_youth(content)
    assert changed != content
    await saves(alma, path, changed)
    await alma.sends(f"{path}/check")
    await alma.sends(f"{path}/simulate", first="", last="")
    return path


@pytest.mark.parametrize(
    "role", [Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR]
)
async def test_every_role_reads_the_rules_as_a_table_with_the_reasons(signs_in: SignsIn, role: Role) -> None:
    anna = await signs_in(role, "adults" if role is Role.CASEWORKER else "")
    listed = (await anna.opens("/rules")).text
    assert "Gælder nu" in listed
    page = (await anna.opens("/rules/1")).text
    assert '<tr id="row-16">' in page
    assert "Hjemløshed hører til Boligsocialt Område fra 18 år" in page
    assert ("Lav en kladde" in page) is (role is Role.RULES_EDITOR)


async def test_only_an_editor_writes_and_only_overseers_see_the_trail(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    for path in ("copy", "edit", "check", "simulate", "activate", "retire"):
        assert (await anna.sends(f"/rules/1/{path}")).status_code == 403
    for path in ("/rules/1/history", "/rules/1/proof", "/rules/1/simulation", "/rules/learning"):
        assert (await anna.opens(path)).status_code == 403
    assert (await anna.opens("/rules/9")).status_code == 404


async def test_a_citizen_is_tried_by_the_rules_in_force_with_reasons_and_every_row(
    signs_in: SignsIn,
) -> None:
    anna = await signs_in(Role.RECEPTION)
    page = (await anna.sends("/rules/try", needs="homelessness", age="22", district="3")).text
    for text in (
        "Boligsocialt Område",
        "Den mindste ændring",
        "Hvorfor ikke et andet sted?",
        "Regel for regel",
    ):
        assert text in page
    assert "16. Hjemløshed" in page
    assert 'value="homelessness" checked' in page


async def test_a_try_with_faults_comes_back_filled_in(system: AllInOne, signs_in: SignsIn) -> None:
    refuses_grown_children(system)
    anna = await signs_in(Role.RECEPTION)
    page = await anna.sends("/rules/try", age="200", received_on="soon")
    assert page.status_code == 422
    for text in ("Vælg mindst ét behov", "Alder er et tal", "Skriv en dato", 'value="200"'):
        assert text in page.text
    both = await anna.sends("/rules/try", needs="debt", child_at_risk="on", child_age="40")
    assert "Oplysningerne kan ikke alle være rigtige" in both.text


async def test_a_draft_goes_from_copy_to_force_by_two_people(
    system: AllInOne, signs_in: SignsIn, clock: SettableClock
) -> None:
    alma, bo = await signs_in(Role.RULES_EDITOR, name="Alma"), await signs_in(Role.RULES_EDITOR, name="Bo")
    await somebody_for_housing(system)
    clock.advance(timedelta(minutes=5))
    path = await ready(alma)
    difference = (await alma.opens(f"{path}/difference")).text
    assert "Række 16 „Hjemløshed“ er ændret." in difference
    assert "Beviset holder" in (await alma.opens(f"{path}/proof")).text
    simulation = (await alma.opens(f"{path}/simulation")).text
    assert "0 af 1 henvendelser" in simulation
    picture = await alma.opens(f"{path}/simulation.svg")
    assert (picture.headers["content-type"], picture.status_code) == ("image/svg+xml", 200)
    page = (await alma.opens(path)).text
    assert "Du har selv skrevet i kladden" in page
    etag = hidden(page, "etag")
    alone = await alma.sends(f"{path}/activate", activate_reason="Vedtaget", etag=etag)
    assert alone.status_code == 403
    assert "Det skal en anden person gøre" in alone.text
    assert 'value="Vedtaget"' in alone.text
    begun = await bo.sends(f"{path}/activate", activate_reason="Vedtaget på mødet", etag=etag)
    assert begun.url.path == path
    assert "Gælder nu" in begun.text
    tried = (await bo.sends("/rules/try", needs="homelessness", age="22", district="3")).text
    assert '<p class="where">Ungeområdet (18-30)</p>' in tried
    history = (await bo.opens(f"{path}/history")).text
    for text in ("Sat i kraft", "Vedtaget på mødet", WHY, "dev-rules_editor-alma"):
        assert text in history


async def test_a_refused_text_comes_back_as_typed_with_each_fault_at_its_line(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    path = await drafts(alma)
    typed = written((await alma.opens(f"{path}/edit")).text).replace("unit: youth", "unit: yooth # 👪 <b>")
    page = await saves(alma, path, typed)
    assert written(page) == typed
    assert "Koden findes ikke" in page
    (line,) = {int(found) for found in re.findall(r'data-line="(\d+)"', page)}
    assert "yooth" in typed.split("\n")[line - 1]
    assert f'<span class="marked">{line}</span>' in page
    broken = await saves(alma, path, "version: '3'\n  title: [")
    assert "Linjen kan ikke læses" in broken


async def test_of_two_tabs_the_later_one_loses_nothing_and_sees_what_was_saved(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    path = await drafts(alma)
    page = (await alma.opens(f"{path}/edit")).text
    content, etag = written(page), hidden(page, "etag")
    await saves(alma, path, content.replace("title: Regelsæt 2", "title: Fra det ene faneblad"), etag)
    late = content.replace("title: Regelsæt 2", "title: Fra det andet")
    refused = await saves(alma, path, late, etag)
    assert "Nogen har ændret regelsættet imens" in refused
    assert written(refused) == late
    assert "+title: Fra det ene faneblad" in refused
    saved = await saves(alma, path, late, hidden(refused, "etag"))
    assert "Fra det andet" in saved


async def test_every_change_needs_its_reason_and_nothing_typed_is_lost(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    assert "Skriv hvorfor" in (await alma.sends("/rules/2/copy", title="Min kladde")).text
    path = await drafts(alma)
    page = await alma.sends(f"{path}/edit", content="noget helt andet", etag='"1"')
    assert page.status_code == 422
    assert written(page.text) == "noget helt andet"
    number = await alma.sends("/rules/2/copy", copy_reason="Om 610190-1234", title="Min")
    assert "ligner et CPR-nummer" in number.text
    assert 'value="Om 610190-1234"' in number.text


async def test_a_proof_that_fails_shows_a_citizen_who_can_be_tried(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    path = await drafts(alma)
    content = written((await alma.opens(f"{path}/edit")).text)
    row, duties = content.index("- number: 21"), content.index("\nduties:")
    await saves(alma, path, content[:row].rstrip() + content[duties:])
    page = (await alma.sends(f"{path}/check")).text
    assert "En borger falder mellem to stole" in page
    citizen = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert citizen["ruleset"] == "3"
    del citizen["csrf"]
    tried = await alma.sends("/rules/try", **citizen)
    assert "Regelsættet sender ikke borgeren nogen steder hen" in tried.text
    assert f'value="{citizen["needs"]}" checked' in tried.text
    await alma.sends(f"{path}/simulate")
    assert "Den skal først bevises og simuleres" in (await alma.opens(path)).text


async def test_impossible_moments_and_periods_are_refused_in_plain_danish(signs_in: SignsIn) -> None:
    alma, bo = await signs_in(Role.RULES_EDITOR, name="Alma"), await signs_in(Role.RULES_EDITOR, name="Bo")
    path = await ready(alma)
    early = await bo.sends(f"{path}/activate", activate_reason="Nu", begins="2026-01-01T00:00")
    assert "Det ligger i fortiden" in early.text
    assert 'value="2026-01-01T00:00"' in early.text
    assert "Datoen kan ikke læses" in (await bo.sends(f"{path}/activate", begins="snart")).text
    backwards = await bo.sends(f"{path}/simulate", first="2026-03-09", last="2026-03-01")
    assert backwards.status_code == 422
    assert 'value="2026-03-09"' in backwards.text


async def test_a_draft_can_be_retired_and_then_not_changed(signs_in: SignsIn) -> None:
    alma = await signs_in(Role.RULES_EDITOR)
    path = await drafts(alma)
    assert "Skriv hvorfor" in (await alma.sends(f"{path}/retire")).text
    assert "Ude af brug" in (await alma.sends(f"{path}/retire", retire_reason="Ikke brug for den")).text
    content = written((await alma.opens(f"{path}/edit")).text)
    assert "kan ikke ændres mere" in await saves(alma, path, content + "# mere")


async def test_the_monthly_list_is_of_a_period_and_refuses_an_impossible_one(
    system: AllInOne, signs_in: SignsIn, clock: SettableClock
) -> None:
    await somebody_for_housing(system)
    clock.advance(timedelta(minutes=5))
    olga = await signs_in(Role.OPERATIONS)
    page = (await olga.opens("/rules/learning")).text
    assert "blev 0 af 1 afgjorte vurderinger ændret" in page
    assert "Alle anbefalinger blev fulgt" in page
    wrong = await olga.opens("/rules/learning", first="2026-03-10", last="2026-03-01")
    assert wrong.status_code == 422
    assert "Perioden kan ikke vises" in wrong.text
