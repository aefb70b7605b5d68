"""Signing in and out, and the lock after a while without use."""

from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response

from services.desk.navigation import home_of
from services.desk.problems import NotFromHere, SignedOut
from services.desk.session import Session, Sessions
from services.desk.showing import go_to, show
from services.desk.signing_in import PEOPLE, sign_in_as
from services.desk.visitor import form_of
from shared.access import public
from shared.problems import NotFound
from shared.vocabulary import Role, Unit

sign_in_router = APIRouter()


def _inside(path: str | None) -> str | None:
    """The path to go back to, if it is one of ours: nobody is sent elsewhere after signing in."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else path


def _demand_same_origin(request: Request) -> None:
    """No session could hold a secret yet: the browser's own word must do. Raises NotFromHere."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotFromHere
    origin = request.headers.get("origin")
    if origin not in {None, "null"} and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotFromHere


@sign_in_router.get("/sign-in", name="sign_in")
@public("nobody has signed in yet; shows the ways in")
async def sign_in_page(request: Request) -> Response:
    """The roles to choose from, in development mode."""
    _demand_development(request)
    return show(
        request,
        "sign_in.html",
        people=PEOPLE,
        units=[unit for unit in Unit if unit is not Unit.RECEPTION],
        then=_inside(request.query_params.get("then")),
        wrong=False,
    )


@sign_in_router.post("/sign-in")
@public("nobody has signed in yet; development mode only")
async def sign_in(request: Request) -> Response:
    """A session in the chosen role; any session from before is gone."""
    _demand_development(request)
    _demand_same_origin(request)
    form = await form_of(request)
    state = request.app.state
    try:
        role = Role(form.text("role") or "")
        session = sign_in_as(state.tokens, role, form.all("unit"), form.text("name") or "", state.clock.now())
    except ValueError:
        units = [unit for unit in Unit if unit is not Unit.RECEPTION]
        then = _inside(form.text("then"))
        return show(request, "sign_in.html", status=422, people=PEOPLE, units=units, then=then, wrong=True)
    answer = go_to(request, _inside(form.text("then")) or home_of(session))
    state.sessions.write(answer, session)
    return answer


@sign_in_router.post("/sign-out", name="sign_out")
@public("ends whatever session the browser has")
async def sign_out(request: Request) -> Response:
    """The cookie goes."""
    _demand_same_origin(request)
    answer = go_to(request, "/")
    request.app.state.sessions.end(answer)
    return answer


@sign_in_router.post("/lock", name="lock")
@public("locks the browser's own session")
async def lock(request: Request) -> Response:
    """Lock at once, as somebody does who leaves the desk."""
    _demand_same_origin(request)
    session, then = _session_of(request), _inside((await form_of(request)).text("then"))
    answer = go_to(request, f"/locked?then={quote(then, safe='/')}" if then else "/locked")
    sessions: Sessions = request.app.state.sessions
    sessions.write(answer, session.model_copy(update={"seen_at": session.begun_at.replace(year=2000)}))
    return answer


@sign_in_router.get("/locked", name="locked")
@public("shows nothing but the way back")
async def locked_page(request: Request) -> Response:
    """What stands on the screen while its owner is away."""
    then = _inside(request.query_params.get("then"))
    return show(request, "locked.html", locked=_session_of(request), then=then)


@sign_in_router.post("/unlock", name="unlock")
@public("goes back to the browser's own session; in production by signing in again")
async def unlock(request: Request) -> Response:
    """The owner is back. In development mode a word is enough; elsewhere the identity provider is asked."""
    _demand_same_origin(request)
    session, form = _session_of(request), await form_of(request)
    then = _inside(form.text("then")) or home_of(session)
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
