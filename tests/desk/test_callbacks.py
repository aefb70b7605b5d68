"""Call-backs: whom we owe a call, worked off by the reception, moved by operations, cleared with a reason."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.desk.callbacks.clearing.criteria import clearing_of
from services.desk.callbacks.filters import CallbackFilter, next_try_of
from services.desk.callbacks.schemas import CallbackSummary
from services.desk.form import Form
from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role
from tests.desk.conftest import Person, SignsIn

ALMA, BO = "+4520000001", "+4520000002"


async def gave_up(system: AllInOne, number: str | None, *, seconds: int = 90) -> None:
    """Somebody phones, waits and gives up."""
    clock = system.apps["intake"].state.clock
    async with system.client("intake") as intake:
        token = system.apps["intake"].state.tokens.for_service("pbx", Role.TELEPHONY)
        intake.headers["Authorization"] = f"Bearer {token}"
        call = {"source": "pbx", "call_id": f"c-{clock.now().timestamp()}", "queue": "socialservice"}
        call |= {"from": number} if number else {}
        for kind, wait in (("queued", 0), ("abandoned", seconds)):
            clock.advance(timedelta(seconds=wait))
            event = {"delivery_id": f"{call['call_id']}-{kind}", "type": kind}
            event["occurred_at"] = clock.now().isoformat()
            answer = await intake.post("/v1/telephony/events", json={**call, **event})
            assert answer.is_success
    await system.settle()
    clock.advance(timedelta(minutes=1))


def owed(page: str) -> list[str]:
    return re.findall(r'href="tel:([^"]+)"', page)


def only_in(page: str) -> str:
    found = re.search(r'id="callback-([^"]+)"', page)
    assert found is not None
    return f"/callbacks/{found[1]}"


def hidden(page: str, step: str, name: str) -> str:
    form = page[page.index(f'/{step}"') :]
    found = re.search(rf'name="{name}" value="([^"]*)"', form)
    assert found is not None, name
    return found[1].replace("&#34;", '"')


async def taken(anna: Person) -> str:
    page = await anna.sends(f"{only_in((await anna.opens('/callbacks')).text)}/take")
    assert "Du har den" in page.text
    return page.url.path


async def test_who_has_waited_longest_is_called_first_and_the_anonymous_are_counted(
    system: AllInOne, signs_in: SignsIn
) -> None:
    for number in (ALMA, BO, None):
        await gave_up(system, number)
    page = (await (await signs_in(Role.RECEPTION)).opens("/callbacks")).text
    assert owed(page) == [ALMA, BO]
    assert "2 venter på et opkald" in page
    assert "Har ventet på os siden" in page
    assert "1 med skjult nummer" in page


async def test_operations_and_auditors_see_that_somebody_waits_and_no_number(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await gave_up(system, ALMA)
    for role in (Role.OPERATIONS, Role.AUDITOR):
        page = await (await signs_in(role)).opens("/callbacks")
        assert "1 venter på et opkald" in page.text
        assert ALMA not in page.text
        assert "/take" not in page.text
    assert (await (await signs_in(Role.CASEWORKER, "adults")).opens("/callbacks")).status_code == 403


async def test_of_two_who_take_it_one_gets_it_and_the_other_gets_a_notice(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await gave_up(system, ALMA)
    anna, eva = await signs_in(Role.RECEPTION), await signs_in(Role.RECEPTION, name="Eva")
    place = await taken(anna)
    page = await eva.sends(f"{place}/take")
    assert page.status_code == 409
    assert "En kollega har taget opkaldet" in page.text
    assert "Taget af" in page.text
    seen = (await eva.opens(place)).text
    assert "Nået, åbn en henvendelse" not in seen


async def test_in_vain_it_comes_up_again_when_agreed(system: AllInOne, signs_in: SignsIn) -> None:
    await gave_up(system, ALMA)
    anna = await signs_in(Role.RECEPTION)
    place = await taken(anna)
    page = await anna.sends(f"{place}/attempt", again="180", once="x")
    assert "Forsøget er noteret" in page.text
    assert "Aftalt nyt forsøg" in page.text
    assert "1 forgæves opkald fra os" in page.text


async def test_a_moment_that_is_over_is_refused_at_its_field_and_nothing_is_noted(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await gave_up(system, ALMA)
    anna = await signs_in(Role.RECEPTION)
    place = await taken(anna)
    page = await anna.sends(f"{place}/attempt", again="other", at="2020-01-01T10:00")
    assert page.status_code == 422
    assert "Vælg et tidspunkt, der ikke er gået" in page.text
    assert 'value="2020-01-01T10:00"' in page.text
    assert "forgæves" not in (await anna.opens("/callbacks")).text


async def test_who_answers_gets_a_contact_with_the_number_and_is_off_the_list(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await gave_up(system, ALMA)
    anna = await signs_in(Role.RECEPTION)
    place = await taken(anna)
    page = await anna.sends(f"{place}/contact", once="answered")
    assert page.url.path.startswith("/contacts/")
    assert ALMA.removeprefix("+45") in page.text.replace(" ", "")
    assert owed((await anna.opens("/callbacks")).text) == []
    done = (await anna.opens(place)).text
    assert page.url.path in done
    again = await anna.sends(f"{place}/contact", once="answered")
    assert again.status_code == 409
    assert "allerede afklaret" in again.text


async def test_what_changed_since_it_was_seen_is_not_settled_unseen(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await gave_up(system, ALMA)
    anna = await signs_in(Role.RECEPTION)
    place = await taken(anna)
    etag = hidden((await anna.opens(place)).text, "settle", "etag")
    await gave_up(system, ALMA)
    page = await anna.sends(f"{place}/settle", etag=etag, outcome="wrong_number")
    assert page.status_code == 412
    assert "Opkaldet har ændret sig" in page.text
    assert '<option value="wrong_number" selected>' in page.text
    fresh = hidden(page.text, "settle", "etag")
    assert "afklaret" in (await anna.sends(f"{place}/settle", etag=fresh, outcome="wrong_number")).text


async def test_operations_put_back_what_somebody_went_home_with(system: AllInOne, signs_in: SignsIn) -> None:
    await gave_up(system, ALMA)
    place = await taken(await signs_in(Role.RECEPTION))
    otto = await signs_in(Role.OPERATIONS)
    assert "Læg tilbage" in (await otto.opens(place)).text
    page = await otto.sends(f"{place}/release")
    assert "1 venter på et opkald, 0 er taget" in page.text


async def test_filters_are_in_the_address_and_say_nothing_about_a_person(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await gave_up(system, ALMA)
    anna = await signs_in(Role.RECEPTION)
    await taken(anna)
    assert owed((await anna.opens("/callbacks", status="waiting")).text) == []
    assert owed((await anna.opens("/callbacks", status="taken", short="no")).text) == [ALMA]
    assert owed((await anna.opens("/callbacks", status="nonsense", short="?")).text) == [ALMA]


async def test_changes_are_announced_without_access_to_a_number(system: AllInOne, signs_in: SignsIn) -> None:
    await gave_up(system, ALMA)
    anna = await signs_in(Role.RECEPTION)
    page = (await anna.opens("/callbacks")).text
    found = re.search(r'hx-get="(/callbacks/news[^"]*)"', page)
    assert found is not None
    assert "Listen har ændret sig" not in (await anna.client.get(found[1])).text
    await gave_up(system, BO)
    news = (await anna.client.get(found[1])).text
    assert "Listen har ændret sig" in news
    assert "2 venter på et opkald" in news
    assert BO not in news


async def test_a_group_is_cleared_only_as_it_was_seen(system: AllInOne, signs_in: SignsIn) -> None:
    await gave_up(system, ALMA)
    otto = await signs_in(Role.OPERATIONS)
    body = {"waited_less_than_seconds": "3600", "reason": "Centralen var nede"}
    preview = (await otto.sends("/callbacks/clear", **body, do="preview")).text
    assert "1 opkald bliver ryddet" in preview
    seen = {name: hidden(preview, "clear", name) for name in ("expected", "mark")}
    await gave_up(system, BO)
    page = await otto.sends("/callbacks/clear", **body, **seen, do="clear", once="1")
    assert page.status_code == 409
    assert "Gruppen er ikke den samme" in page.text
    assert "2 opkald bliver ryddet" in page.text
    seen = {name: hidden(page.text, "clear", name) for name in ("expected", "mark")}
    page = await otto.sends("/callbacks/clear", **body, **seen, do="clear", once="2")
    assert "Gruppen er ryddet" in page.text
    assert "2 ryddet af" in (await otto.opens("/callbacks/clear")).text


async def test_a_group_other_than_the_previewed_one_is_previewed_first(
    system: AllInOne, signs_in: SignsIn
) -> None:
    await gave_up(system, ALMA)
    otto = await signs_in(Role.OPERATIONS)
    body = {"waited_less_than_seconds": "3600", "reason": "Centralen var nede"}
    preview = (await otto.sends("/callbacks/clear", **body, do="preview")).text
    seen = {name: hidden(preview, "clear", name) for name in ("expected", "mark")}
    changed = {**body, "waited_less_than_seconds": "7200"}
    page = await otto.sends("/callbacks/clear", **changed, **seen, do="clear", once="1")
    assert page.url.path == "/callbacks/clear"
    assert "1 venter på et opkald" in (await otto.opens("/callbacks")).text


async def test_a_clearing_without_limits_or_reason_comes_back_as_it_was_typed(signs_in: SignsIn) -> None:
    otto = await signs_in(Role.OPERATIONS)
    page = await otto.sends("/callbacks/clear", reason="x", do="preview")
    assert page.status_code == 422
    for text in ("Vælg mindst én ting", "Skriv en begrundelse", 'value="x"'):
        assert text in page.text


NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("again", "at", "moment"),
    [
        ("30", "", NOON + timedelta(minutes=30)),
        ("tomorrow", "", datetime(2026, 3, 11, 8, 0, tzinfo=UTC)),
        ("other", "2026-03-10T14:00", datetime(2026, 3, 10, 13, 0, tzinfo=UTC)),
        ("other", "2026-03-10T11:59", None),
        ("other", "", None),
        ("other", "<script>", None),
        ("45", "", None),
        ("forever", "", None),
    ],
)
def test_when_to_try_again_is_read_in_local_time(again: str, at: str, moment: datetime | None) -> None:
    assert next_try_of(Form([("again", again), ("at", at)]), NOON) == moment


def test_what_a_group_cannot_be_is_a_fault_at_its_field() -> None:
    typed = [("since", "sometime"), ("waited_less_than_seconds", "-1"), ("reason", "a b c")]
    assert clearing_of(Form(typed)).faults == {
        "since": "no_moment",
        "waited_less_than_seconds": "no_seconds",
    }


def test_a_filters_address_leads_to_the_same_filter() -> None:
    wanted = CallbackFilter("taken", "hovednummer", "no")
    assert wanted.address() == "/callbacks?status=taken&line=hovednummer&short=no"
    assert CallbackFilter().address() == "/callbacks"
    assert CallbackFilter(short="no").query["short"] == "false"


def test_the_lists_state_does_not_depend_on_the_order_of_counts() -> None:
    counts = [
        {"line": "a", "status": "waiting", "count": 1, "first_due_at": NOON},
        {"line": "b", "status": "taken", "count": 2, "first_due_at": NOON},
    ]

    def fingerprint(*counts: dict[str, Any]) -> str:
        return CallbackSummary.model_validate({"callbacks": counts, "anonymous": []}).fingerprint

    assert fingerprint(*counts) == fingerprint(*counts[::-1])
    assert fingerprint(*counts) != fingerprint(*counts[:1])
