"""Signing in and out, and the lock after a while without use."""

from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Response

from services.desk.navigation import home_of
from services.desk.page_request import PublicPage, PublicRequest
from services.desk.problems import SignedOut
from services.desk.redirect_safety import demand_same_origin, local_path
from services.desk.session import PEOPLE, Session
from services.desk.sign_in.development import sign_in_as
from services.desk.sign_in.provider.endpoints import send_to_provider
from shared.access import public
from shared.problems import NotFound
from shared.vocabulary import Role

sign_in_router = APIRouter()
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@sign_in_router.get("/sign-in", name="sign_in")
@public("before signing in; shows the ways in")
async def sign_in_page(page: PublicPage) -> Response:
    """The way to the identity provider; in development mode the roles to choose from."""
    then = local_path(page.query.get("then"))
    if page.state.identity_provider is not None:
        return await send_to_provider(page, then)
    _demand_development(page)
    await page.read_units()
    return _choices(page, then)


def _choices(page: PublicRequest, then: str | None, *, wrong: bool = False) -> Response:
    units = page.units_to_choose
    status = 422 if wrong else 200
    return page.render("sign_in.html", status=status, people=PEOPLE, units=units, then=then, wrong=wrong)


@sign_in_router.post("/sign-in")
@public("before signing in; development mode only")
async def sign_in(page: PublicPage) -> Response:
    """A session in the chosen role; any session from before is replaced."""
    _demand_development(page)
    demand_same_origin(page.request)
    form = await page.form()
    then = local_path(form.text("then"))
    await page.read_units()
    try:
        role = Role(form.text("role") or "")
        units = form.all("unit")
        if role is Role.CASEWORKER and not set(units) <= set(page.units_to_choose):
            return _choices(page, then, wrong=True)
        session = sign_in_as(page.state.tokens, role, units, form.text("name") or "", page.now)
    except ValueError:
        return _choices(page, then, wrong=True)
    answer = page.redirect(then or home_of(session))
    page.state.sessions.write(answer, session)
    return answer


@sign_in_router.post("/sign-out", name="sign_out")
@public("ends whatever session the browser has")
async def sign_out(page: PublicPage) -> Response:
    """Delete the cookie, and go on to end the provider's session where there is one and it can be ended."""
    demand_same_origin(page.request)
    provider = page.state.identity_provider
    place = None if provider is None else await provider.logout_url()
    answer = page.render("signed_out.html", place=place) if place else page.redirect("/")
    page.state.sessions.end(answer)
    return answer


@sign_in_router.post("/lock", name="lock")
@public("locks the browser's own session")
async def lock(page: PublicPage) -> Response:
    """Lock at once, as somebody does who leaves the desk."""
    demand_same_origin(page.request)
    session, then = _session_of(page), local_path((await page.form()).text("then"))
    answer = page.redirect(f"/locked?then={quote(then, safe='/')}" if then else "/locked")
    page.state.sessions.write(answer, session.model_copy(update={"seen_at": _LONG_AGO}))
    return answer


@sign_in_router.get("/locked", name="locked")
@public("shows nothing but the way back")
async def locked_page(page: PublicPage) -> Response:
    """The page while its owner is away."""
    then = local_path(page.query.get("then"))
    return page.render("locked.html", locked=_session_of(page), then=then)


@sign_in_router.post("/unlock", name="unlock")
@public("goes back to the browser's own session; in production by signing in again")
async def unlock(page: PublicPage) -> Response:
    """Open the lock without a password, in development mode; elsewhere the identity provider asks for it."""
    demand_same_origin(page.request)
    session = _session_of(page)
    _demand_development(page)
    answer = page.redirect(local_path((await page.form()).text("then")) or home_of(session))
    page.state.sessions.write(answer, session.model_copy(update={"seen_at": page.now}))
    return answer


def _session_of(page: PublicRequest) -> Session:
    session = page.recognised().session
    if session is None or session.is_over(page.now):
        raise SignedOut
    return session


def _demand_development(page: PublicRequest) -> None:
    if page.state.settings.mode != "development":
        raise NotFound
