"""To the city's identity provider and back, the choice of a role, and the secret for a page left open."""

import hmac
from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Request, Response

from services.desk.identity_provider import IdentityProvider
from services.desk.navigation import home_of
from services.desk.problems import SignInFailed
from services.desk.redirect_safety import inside
from services.desk.rendering import go_to, show
from services.desk.session import Session, Sessions
from services.desk.sign_in.provider.roles import PEOPLE, roles_of, sign_in_with
from services.desk.sign_in_flow import Flow, Flows, begin_flow
from services.desk.visitor import form_of, visitor
from shared.access import Principal, public
from shared.problems import NotFound

log = structlog.get_logger("desk")
provider_router = APIRouter(prefix="/sign-in")
AnyPerson = Annotated[Session, visitor(*PEOPLE)]


async def send_to_provider(request: Request, then: str | None) -> Response:
    """A page that leads there by itself: a form's answer may not lead to another site (CSP form-action)."""
    flow = begin_flow(then, again=_must_prove_again(request))
    try:
        place = await _provider(request).way_there(flow)
    except SignInFailed as failed:
        return _failed(request, failed, then)
    answer = show(request, "sign_in_elsewhere.html", place=place)
    flows: Flows = request.app.state.flows
    flows.write(answer, flow)
    return answer


def _must_prove_again(request: Request) -> bool:
    """A locked page is opened by its owner's password, never by what the provider remembers of them."""
    state = request.app.state
    session, idle = state.sessions.read(request), timedelta(seconds=state.settings.desk_idle_seconds)
    return "again" in request.query_params or (session and session.is_idle(state.clock.now(), idle)) or False


@provider_router.get("/back", name="back_from_provider")
@public("the identity provider sends people here who have signed in")
async def back_from_provider(request: Request) -> Response:
    """A session, made anew, for whoever set out from this very browser."""
    flows: Flows = request.app.state.flows
    provider, flow = _provider(request), flows.read(request)
    then = flow.then if flow else None
    try:
        code, flow = _answered(request, provider, flow)
        token, principal, name = await provider.redeem(code, flow)
        answer = _let_in(request, token, principal, name, then)
    except SignInFailed as failed:
        answer = _failed(request, failed, then)
    flows.end(answer)
    return answer


def _answered(request: Request, provider: IdentityProvider, flow: Flow | None) -> tuple[str, Flow]:
    """The code, and the way it ends, if it answers what this browser asked. Raises SignInFailed."""
    given = request.query_params
    if flow is None or not hmac.compare_digest(given.get("state", "").encode(), flow.state.encode()):
        raise SignInFailed("not_ours")
    # RFC 9207: an answer of another provider is not ours, even with our state.
    if given.get("iss", provider.issuer) != provider.issuer:
        raise SignInFailed("not_ours")
    if "error" in given or "code" not in given:
        raise SignInFailed("refused")
    return given["code"], flow


def _let_in(request: Request, token: str, principal: Principal, name: str, then: str | None) -> Response:
    state = request.app.state
    roles = roles_of(principal)
    if not roles:
        raise SignInFailed("no_role")
    lasts = timedelta(seconds=state.tokens.seconds_left(token))
    session = sign_in_with(token, principal, roles[0], name, now=state.clock.now(), lasts=lasts)
    sessions: Sessions = state.sessions
    if not sessions.fits(session):
        log.error("token too large for a cookie", characters=len(token))
        raise SignInFailed("too_large")
    place = then or home_of(session)
    # A page of ours that goes on by itself: only then does the browser send the strict cookie along.
    choice = roles if len(roles) > 1 else ()
    answer = show(request, "signed_in.html", roles=choice, place=place, then=then, csrf=session.csrf)
    sessions.write(answer, session)
    return answer


@provider_router.get("/role", name="choose_role")
async def role_page(request: Request, session: AnyPerson) -> Response:
    """The roles that somebody has, to choose the one they work in now."""
    roles = roles_of(request.app.state.tokens.verify(session.token))
    return show(request, "signed_in.html", session, roles=roles, place=home_of(session), csrf=session.csrf)


@provider_router.post("/role")
async def take_role(request: Request, session: AnyPerson) -> Response:
    """UnitOfWork in one of one's roles from now on."""
    form, state = await form_of(request), request.app.state
    principal: Principal = state.tokens.verify(session.token)
    role = next((role for role in roles_of(principal) if role == form.text("role")), None)
    if role is None:
        raise NotFound
    lasts = session.ends_at - state.clock.now()
    chosen = sign_in_with(session.token, principal, role, session.name, now=state.clock.now(), lasts=lasts)
    answer = go_to(request, inside(form.text("then")) or home_of(chosen))
    state.sessions.write(answer, chosen)
    return answer


@provider_router.get("/secret", name="secret")
async def tell_secret(session: AnyPerson) -> dict[str, str]:
    """The forms' secret, for a page left open while its owner signed in anew; other sites cannot read it."""
    return {"person": session.subject, "role": session.role, "csrf": session.csrf}


def _provider(request: Request) -> IdentityProvider:
    provider: IdentityProvider | None = request.app.state.provider
    if provider is None:
        raise NotFound
    return provider


def _failed(request: Request, failed: SignInFailed, then: str | None) -> Response:
    said: Any = request.app.state.texts["signing_in"]["failures"][failed.why]
    # What the provider said may name somebody; the reason alone is logged.
    log.warning("sign-in failed", why=failed.why)
    return show(request, "sign_in_failed.html", status=int(failed.status), said=said, then=then)
