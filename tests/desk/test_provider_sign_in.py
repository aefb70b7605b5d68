"""Signing in at the city's identity provider, and what gives no session."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from services.desk.app import create_app
from services.desk.identity_provider import FLOW_COOKIE, LONGEST_SECONDS
from services.desk.session import LONGEST
from services.desk.session_cookie import COOKIE
from services.desk.settings import Settings
from shared.clock import SettableClock
from shared.in_process import InProcess
from tests.desk.identity_provider import AUDIENCE, CLIENT, ISSUER, SECRET, CityLogin

REDIRECT = "https://desk.example/sign-in/back"
SESSION, FLOW = f"__Host-{COOKIE}", f"__Host-{FLOW_COOKIE}"


@pytest.fixture
def login() -> CityLogin:
    return CityLogin()


def production(login: CityLogin, data: Path) -> Settings:
    return Settings(
        data=data,
        mode="production",
        service_key="s" * 32,
        session_keys="k1:" + "A" * 43 + "=",
        jwks_file=login.key_set(data / "jwks.json"),
        jwt_issuer=ISSUER,
        jwt_audience=AUDIENCE,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_redirect=REDIRECT,
    )


class Browser:
    """Somebody's browser: the desk, and the way to the provider and back."""

    def __init__(self, client: httpx.AsyncClient, login: CityLogin) -> None:
        self.client, self.login = client, login

    async def begins(self, path: str = "/sign-in") -> dict[str, str]:
        """The query that the browser is sent to the provider with."""
        place = re.search(r'content="0; url=([^"]+)"', (await self.client.get(path)).text)
        assert place is not None
        url = urlsplit(unescape(place[1]))
        assert f"{url.scheme}://{url.netloc}{url.path}" == f"{ISSUER}/authorize"
        return dict(parse_qsl(url.query))

    async def returns(self, query: dict[str, str], **given: str) -> httpx.Response:
        """With the provider's answer."""
        params = {"code": self.login.signs_in(query), "state": query["state"], **given}
        return await self.client.get("/sign-in/back", params=params)

    async def signs_in(self, path: str = "/sign-in") -> httpx.Response:
        """There and back."""
        return await self.returns(await self.begins(path))

    def is_in(self) -> bool:
        return SESSION in self.client.cookies


@pytest.fixture
async def browsers(
    login: CityLogin, tmp_path: Path, clock: SettableClock
) -> AsyncIterator[tuple[Browser, Browser]]:
    """Two of them, before one desk."""
    connect = {"identity_provider": lambda: httpx.AsyncClient(transport=httpx.ASGITransport(login.app))}
    app = create_app(production(login, tmp_path), clock=clock, connect=connect)
    transport, base = InProcess(app), "https://desk.example"
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=base) as one,
        httpx.AsyncClient(transport=transport, base_url=base) as other,
    ):
        yield Browser(one, login), Browser(other, login)


@pytest.fixture
def browser(browsers: tuple[Browser, Browser]) -> Browser:
    return browsers[0]


async def test_somebody_goes_to_the_provider_and_comes_back_to_the_page_they_wanted(browser: Browser) -> None:
    query = await browser.begins("/sign-in?then=/inbox/adults")
    assert (query["response_type"], query["client_id"], query["tenant"]) == ("code", CLIENT, "city")
    assert query["code_challenge_method"] == "S256"
    answer = await browser.returns(query)
    assert 'content="0; url=/inbox/adults"' in answer.text
    assert "Bo Berg, " in (await browser.client.get("/")).text


async def test_the_way_back_is_remembered_in_a_lax_cookie_that_goes_and_the_session_in_a_strict_one(
    browser: Browser,
) -> None:
    way = (await browser.client.get("/sign-in")).headers["set-cookie"]
    for part in (f"{FLOW}=", "HttpOnly", "SameSite=lax", "Secure", "Path=/", f"Max-Age={LONGEST_SECONDS}"):
        assert part in way
    cookies = (await browser.signs_in()).headers.get_list("set-cookie")
    session, gone = (next(one for one in cookies if one.startswith(f"{name}=")) for name in (SESSION, FLOW))
    for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert part in session
    assert "Max-Age=0" in gone
    assert FLOW not in browser.client.cookies


async def test_an_answer_to_another_browsers_attempt_gives_no_session(
    browsers: tuple[Browser, Browser],
) -> None:
    anna, eve = browsers
    await anna.begins()
    answer = await anna.returns(await eve.begins())
    assert answer.status_code == 400
    assert "Login blev afbrudt" in answer.text
    assert not anna.is_in()


async def test_an_answer_without_an_attempt_gives_no_session(browser: Browser) -> None:
    query = await browser.begins()
    browser.client.cookies.clear()
    for given in ({}, {"state": ""}, {"state": "æ"}):
        assert "Login blev afbrudt" in (await browser.returns(query, **given)).text
    assert not browser.is_in()


async def test_an_answer_is_worth_nothing_the_second_time(browsers: tuple[Browser, Browser]) -> None:
    anna, eve = browsers
    query = await anna.begins()
    flow = anna.client.cookies[FLOW]
    params = {"code": anna.login.signs_in(query), "state": query["state"]}
    await anna.client.get("/sign-in/back", params=params)
    assert anna.is_in()
    again = await anna.client.get("/sign-in/back", params=params)
    assert "Login blev afbrudt" in again.text
    eve.client.cookies.set(FLOW, flow)  # a copy of both the cookie and the address
    stolen = await eve.client.get("/sign-in/back", params=params)
    assert "Login kunne ikke bekræftes" in stolen.text
    assert not eve.is_in()


async def test_a_code_of_an_attempt_with_another_secret_is_worth_nothing(browser: Browser) -> None:
    query = await browser.begins()
    answer = await browser.returns({**query, "code_challenge": "another"})
    assert "Login kunne ikke bekræftes" in answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": AUDIENCE},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"at_hash": "another"},
        {"at_hash": None, "sub": "another"},
    ],
)
async def test_an_id_token_with_a_wrong_or_missing_claim_gives_no_session(
    browser: Browser, claims: dict[str, object]
) -> None:
    browser.login.misbehave = claims
    answer = await browser.signs_in()
    assert "Login kunne ikke bekræftes" in answer.text
    assert not browser.is_in()


@pytest.mark.parametrize(
    "claims", [{"aud": CLIENT}, {"iss": "https://elsewhere.example"}, {"exp": 1}, {"iss": "dsi-service"}]
)
async def test_an_access_token_that_the_services_would_refuse_gives_no_session(
    browser: Browser, claims: dict[str, object]
) -> None:
    browser.login.access = claims
    assert "Login kunne ikke bekræftes" in (await browser.signs_in()).text
    assert not browser.is_in()


async def test_another_providers_answer_with_our_state_is_refused(browser: Browser) -> None:
    query = await browser.begins()
    answer = await browser.returns(query, iss="https://elsewhere.example")
    assert "Login blev afbrudt" in answer.text
    assert "Bo Berg" not in (await browser.client.get("/")).text


@pytest.mark.parametrize(
    "then",
    ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "/\t/elsewhere.example"],
)
async def test_the_way_afterwards_is_never_to_another_site(browser: Browser, then: str) -> None:
    query = await browser.begins(str(httpx.URL("/sign-in", params={"then": then})))
    answer = await browser.returns(query)
    assert "elsewhere" not in answer.text
    assert 'content="0; url=/inbox"' in answer.text


async def test_a_cookie_from_before_is_replaced_and_its_secret_is_worth_nothing(browser: Browser) -> None:
    await browser.signs_in()
    old = browser.client.cookies[SESSION]
    secret = (await browser.client.get("/sign-in/secret")).json()["csrf"]
    await browser.signs_in()
    assert browser.client.cookies[SESSION] != old
    answer = await browser.client.post("/sign-in/role", data={"csrf": secret, "role": "caseworker"})
    assert answer.status_code == 403


async def test_a_stolen_cookie_locks_and_ends_like_its_owners(
    browsers: tuple[Browser, Browser], clock: SettableClock
) -> None:
    anna, eve = browsers
    await anna.signs_in()
    eve.client.cookies.set(SESSION, anna.client.cookies[SESSION])
    clock.advance(timedelta(minutes=16))
    assert (await eve.client.get("/sign-in/role")).headers["location"].startswith("/locked")
    clock.advance(LONGEST)
    assert (await eve.client.get("/sign-in/role")).headers["location"].startswith("/sign-in")


async def test_a_session_ends_with_its_token(browser: Browser, clock: SettableClock) -> None:
    browser.login.lifetime = 600
    await browser.signs_in()
    clock.advance(timedelta(minutes=9))
    assert (await browser.client.get("/sign-in/role")).status_code == 200
    clock.advance(timedelta(minutes=1))
    assert (await browser.client.get("/sign-in/role")).headers["location"].startswith("/sign-in")


async def test_somebody_with_several_roles_chooses_one_and_gets_no_other(browser: Browser) -> None:
    browser.login.whom |= {"roles": ["reception", "caseworker", "service", "king"]}
    page = (await browser.signs_in()).text
    assert page.count('name="role"') == 2
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]  # type: ignore[index]
    for wished in ("auditor", "service", ""):
        answer = await browser.client.post("/sign-in/role", data={"csrf": csrf, "role": wished})
        assert answer.status_code == 404
    answer = await browser.client.post("/sign-in/role", data={"csrf": csrf, "role": "caseworker"})
    assert answer.headers["location"] == "/inbox"
    assert "Sagsbehandler</a>" in (await browser.client.get("/")).text


@pytest.mark.parametrize(
    "whom", [{"roles": []}, {"roles": ["service"]}, {"roles": ["caseworker"], "units": []}]
)
async def test_a_person_without_a_role_of_people_reads_whom_to_contact(
    browser: Browser, whom: dict[str, object]
) -> None:
    browser.login.whom |= whom
    assert "Du har ingen rolle her" in (await browser.signs_in()).text
    assert not browser.is_in()


async def test_a_locked_page_takes_the_password_again(browser: Browser, clock: SettableClock) -> None:
    await browser.signs_in()
    clock.advance(timedelta(minutes=20))
    locked = await browser.client.get("/sign-in/role", follow_redirects=True)
    assert "/sign-in?again=1&amp;then=/sign-in/role" in locked.text
    assert (await browser.client.post("/unlock")).status_code == 404
    for path in ("/sign-in?again=1", "/sign-in"):
        query = await browser.begins(path)
        assert (query["prompt"], query["max_age"]) == ("login", "0"), path
    browser.login.misbehave = {"auth_time": 1_000_000_000}
    assert "skrive din adgangskode igen" in (await browser.returns(query)).text
    browser.login.misbehave = {}
    await browser.signs_in("/sign-in?again=1")
    assert (await browser.client.get("/sign-in/role")).status_code == 200


async def test_signing_out_ends_both_sessions_or_only_ours_where_the_other_cannot_be_ended(
    browser: Browser,
) -> None:
    await browser.signs_in()
    page = await browser.client.post("/sign-out")
    assert f"{ISSUER}/logout?client_id={CLIENT}" in page.text
    assert "post_logout_redirect_uri=https%3A%2F%2Fdesk.example%2F" in page.text
    assert not browser.is_in()


async def test_a_provider_that_ends_no_sessions_leaves_ours_ended_all_the_same(browser: Browser) -> None:
    browser.login.ends_sessions = False
    await browser.signs_in()
    assert (await browser.client.post("/sign-out")).headers["location"] == "/"
    assert not browser.is_in()


async def test_a_provider_that_is_down_gives_a_page_in_plain_danish_and_is_called_again_the_next_time(
    browser: Browser,
) -> None:
    browser.login.is_down = True
    page = await browser.client.get("/sign-in", params={"then": "/inbox"})
    assert "Kommunens login svarer ikke" in page.text
    assert 'href="/sign-in?then=/inbox"' in page.text
    browser.login.is_down = False
    await browser.signs_in()
    assert browser.is_in()


async def test_a_person_who_turned_back_at_the_provider_reads_so(browser: Browser) -> None:
    query = await browser.begins()
    page = await browser.client.get(
        "/sign-in/back", params={"state": query["state"], "error": "access_denied"}
    )
    assert "Du blev ikke logget ind" in page.text


async def test_a_token_too_large_for_a_cookie_is_refused_and_one_that_fits_is_kept(browser: Browser) -> None:
    browser.login.access = {"more": "x" * 1200}
    await browser.signs_in()
    assert len(SESSION) + len(browser.client.cookies[SESSION]) <= 4096
    browser.client.cookies.clear()
    browser.login.access = {"more": "x" * 3000}
    assert "Dit adgangsbevis er for stort" in (await browser.signs_in()).text
    assert not browser.is_in()


@pytest.mark.parametrize(
    "missing",
    [{"oidc_client_secret": None}, {"oidc_client_id": ""}, {"oidc_redirect": "http://desk.example/"}],
)
def test_a_desk_without_a_way_to_sign_in_refuses_to_start(
    login: CityLogin, tmp_path: Path, missing: dict[str, object]
) -> None:
    with pytest.raises(RuntimeError, match="DSI_OIDC"):
        create_app(production(login, tmp_path).model_copy(update=missing))


async def test_choosing_whom_to_be_exists_in_development_mode_only(browser: Browser) -> None:
    assert 'name="role"' not in (await browser.client.get("/sign-in")).text
    assert (await browser.client.post("/sign-in", data={"role": "operations"})).status_code == 404
