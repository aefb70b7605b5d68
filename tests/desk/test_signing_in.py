"""Signing in, the lock, and what only our own pages may send."""

from datetime import timedelta

import httpx
import pytest

from services.desk.session import LONGEST
from services.desk.session_cookie import COOKIE
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.desk.conftest import SignsIn


async def test_without_a_session_the_sign_in_comes_first_and_leads_back(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.get("/inbox/adults")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?then=/inbox/adults"
    page = await visitor.get(answer.headers["location"])
    assert 'name="then" value="/inbox/adults"' in page.text


async def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.post("/sign-in", data={"role": "caseworker", "unit": "adults", "name": "Bo"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "adults" not in cookie, "sealed"
    assert "Bo, Sagsbehandler" in (await visitor.get("/inbox/adults")).text


@pytest.mark.parametrize(
    "then", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example"]
)
async def test_signing_in_never_leads_to_another_site(visitor: httpx.AsyncClient, then: str) -> None:
    answer = await visitor.post("/sign-in", data={"role": "reception", "then": then})
    assert answer.headers["location"].startswith("/")
    assert "elsewhere" not in answer.headers["location"]


@pytest.mark.parametrize(
    "fields", [{}, {"role": "service"}, {"role": "caseworker"}, {"role": "caseworker", "unit": "nowhere"}]
)
async def test_a_role_that_no_person_can_have_gives_no_session(
    visitor: httpx.AsyncClient, fields: dict[str, str]
) -> None:
    answer = await visitor.post("/sign-in", data=fields)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers
    assert "Vælg en rolle" in answer.text


async def test_another_site_cannot_sign_somebody_in(visitor: httpx.AsyncClient) -> None:
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await visitor.post("/sign-in", data={"role": "reception"}, headers=headers)
        assert answer.status_code == 403


async def test_a_form_without_the_secret_changes_nothing(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    for csrf in ("", "guessed", "æ"):
        answer = await anna.client.post("/inbox/adults/next", data={"csrf": csrf})
        assert answer.status_code == 403
        assert "Formularen er udløbet" in answer.text


async def test_signing_in_again_makes_the_old_secret_worthless(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    await anna.client.post("/sign-in", data={"role": "caseworker", "unit": "adults"})
    assert (await anna.sends("/inbox/adults/next")).status_code == 403


async def test_an_idle_page_locks_and_opens_again(signs_in: SignsIn, clock: SettableClock) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    clock.advance(timedelta(minutes=14))
    assert "Voksenområdet" in (await anna.opens("/inbox/adults")).text
    clock.advance(timedelta(minutes=15))
    locked = await anna.opens("/inbox/adults")
    assert "Siden er låst" in locked.text
    assert "Voksenområdet" not in locked.text
    back = await anna.client.post("/unlock", data={"then": "/inbox/adults"}, follow_redirects=True)
    assert "Voksenområdet" in back.text


async def test_a_locked_page_stays_locked_whatever_public_page_is_opened_beside_it(
    signs_in: SignsIn, clock: SettableClock
) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    clock.advance(timedelta(minutes=16))
    for path in ("/", "/accessibility", "/nowhere", "/locked"):
        await anna.opens(path)
    assert "Siden er låst" in (await anna.opens("/inbox/adults")).text


async def test_somebody_who_leaves_the_desk_can_lock_it_at_once(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    assert "Siden er låst" in (await anna.sends("/lock", then="/inbox/adults")).text
    assert "Siden er låst" in (await anna.opens("/inbox/adults")).text


async def test_a_sign_in_ends_with_the_working_day(signs_in: SignsIn, clock: SettableClock) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    for _ in range(int(LONGEST / timedelta(minutes=10))):
        clock.advance(timedelta(minutes=10))
        answer = await anna.client.get("/inbox/adults")
    assert answer.headers["location"].startswith("/sign-in")


async def test_signing_out_ends_it(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    await anna.sends("/sign-out")
    assert (await anna.client.get("/inbox/adults")).headers["location"].startswith("/sign-in")


async def test_a_cookie_that_was_changed_is_no_session(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.CASEWORKER, "adults")
    kept = anna.client.cookies[COOKIE]
    anna.client.cookies.clear()
    anna.client.cookies.set(COOKIE, kept[:-6] + "AAAAAA")
    assert (await anna.client.get("/inbox/adults")).status_code == 303


async def test_what_belongs_to_another_role_gives_a_message_in_plain_danish(signs_in: SignsIn) -> None:
    eva = await signs_in(Role.AUDITOR)
    answer = await eva.opens("/inbox/adults")
    assert answer.status_code == 403
    assert "Det må din rolle ikke" in answer.text


async def test_a_form_sent_when_its_owner_was_signed_out_is_kept_and_can_be_sent_again(
    signs_in: SignsIn, clock: SettableClock
) -> None:
    anna = await signs_in(Role.RECEPTION)
    for away in (timedelta(minutes=16), LONGEST):
        clock.advance(away)
        page = await anna.sends("/reception/search", wanted="Halvvejs <script> " + "x" * 60)
        assert page.status_code == 401
        assert 'action="/reception/search"' in page.text
        assert "Halvvejs &lt;script&gt; xxx" in page.text


async def test_a_form_that_is_not_ours_is_not_kept(signs_in: SignsIn, clock: SettableClock) -> None:
    anna = await signs_in(Role.RECEPTION)
    clock.advance(LONGEST)
    answer = await anna.client.post("/reception/search", data={"csrf": "guessed", "wanted": "x"})
    assert answer.headers["location"] == "/sign-in"


async def test_an_impossible_address_gives_a_message_in_plain_danish(signs_in: SignsIn) -> None:
    anna = await signs_in(Role.RECEPTION)
    page = await anna.opens("/contacts/not-an-id")
    assert page.status_code == 404
    assert "Findes ikke" in page.text


async def test_what_goes_wrong_with_a_part_leaves_the_page_as_it_is(
    signs_in: SignsIn, clock: SettableClock
) -> None:
    anna = await signs_in(Role.RECEPTION)
    part = {"hx-request": "true", "x-csrf": anna.csrf}
    answer = await anna.client.post("/inbox/adults/entries/x/take", headers=part)
    assert answer.headers["hx-retarget"] == "#notice"
    clock.advance(LONGEST)
    answer = await anna.client.post("/reception/next", headers=part)
    assert answer.status_code == 401
    assert answer.headers["hx-reswap"] == "none"
