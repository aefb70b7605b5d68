"""Signing in and out, and the lock after a while without use."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from services.desk.identity_provider import IdentityProvider
from services.desk.navigation import home_of
from services.desk.problems import SignedOut
from services.desk.redirect_safety import demand_same_origin, inside
from services.desk.rendering import go_to, show
from services.desk.session import Session, Sessions
from services.desk.sign_in.provider.endpoints import send_to_provider
from services.desk.sign_in.provider.roles import PEOPLE, sign_in_as
from services.desk.visitor import form_of
from shared.access import public
from shared.problems import NotFound
from shared.vocabulary import Role, Unit

sign_in_router = APIRouter()


@sign_in_router.get("/sign-in", name="sign_in")
@public("nobody has signed in yet; shows the ways in")
async def sign_in_page(request: Request) -> Response:
    """The way to the identity provider; in development mode the roles to choose from."""
    then = inside(request.query_params.get("then"))
    if request.app.state.provider is not None:
        return await send_to_provider(request, then)
    _demand_development(request)
    units = [unit for unit in Unit if unit is not Unit.RECEPTION]
    return show(request, "sign_in.html", people=PEOPLE, units=units, then=then, wrong=False)


@sign_in_router.post("/sign-in")
@public("nobody has signed in yet; development mode only")
async def sign_in(request: Request) -> Response:
    """A session in the chosen role; any session from before is gone."""
    _demand_development(request)
    demand_same_origin(request)
    form = await form_of(request)
    state = request.app.state
    try:
        role = Role(form.text("role") or "")
        session = sign_in_as(state.tokens, role, form.all("unit"), form.text("name") or "", state.clock.now())
    except ValueError:
        units = [unit for unit in Unit if unit is not Unit.RECEPTION]
        then = inside(form.text("then"))
        return show(request, "sign_in.html", status=422, people=PEOPLE, units=units, then=then, wrong=True)
    answer = go_to(request, inside(form.text("then")) or home_of(session))
    state.sessions.write(answer, session)
    return answer


@sign_in_router.post("/sign-out", name="sign_out")
@public("ends whatever session the browser has")
async def sign_out(request: Request) -> Response:
    """The cookie goes, and the provider's session with it where there is one and it can be ended."""
    demand_same_origin(request)
    provider: IdentityProvider | None = request.app.state.provider
    place = None if provider is None else await provider.way_out()
    answer = show(request, "signed_out.html", place=place) if place else go_to(request, "/")
    request.app.state.sessions.end(answer)
    return answer


@sign_in_router.post("/lock", name="lock")
@public("locks the browser's own session")
async def lock(request: Request) -> Response:
    """Lock at once, as somebody does who leaves the desk."""
    demand_same_origin(request)
    session, then = _session_of(request), inside((await form_of(request)).text("then"))
    answer = go_to(request, f"/locked?then={quote(then, safe='/')}" if then else "/locked")
    sessions: Sessions = request.app.state.sessions
    sessions.write(answer, session.model_copy(update={"seen_at": session.begun_at.replace(year=2000)}))
    return answer


@sign_in_router.get("/locked", name="locked")
@public("shows nothing but the way back")
async def locked_page(request: Request) -> Response:
    """What stands on the screen while its owner is away."""
    then = inside(request.query_params.get("then"))
    return show(request, "locked.html", locked=_session_of(request), then=then)


@sign_in_router.post("/unlock", name="unlock")
@public("goes back to the browser's own session; in production by signing in again")
async def unlock(request: Request) -> Response:
    """The owner is back. In development mode a word is enough; elsewhere the identity provider is asked."""
    demand_same_origin(request)
    session, form = _session_of(request), await form_of(request)
    then = inside(form.text("then")) or home_of(session)
    _demand_development(request)
    answer = go_to(request, then)
    sessions: Sessions = request.app.state.sessions
    sessions.write(answer, session.model_copy(update={"seen_at": request.app.state.clock.now()}))
    return answer


def _session_of(request: Request) -> Session:
    sessions: Sessions = request.app.state.sessions
    session = sessions.read(request)
    if session is None or session.is_over(request.app.state.clock.now()):
        raise SignedOut
    return session


def _demand_development(request: Request) -> None:
    if request.app.state.settings.mode != "development":
        raise NotFound
