"""To the identity provider and back, the choice of a role, and the CSRF secret for a page left open."""

import hmac
from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Response

from services.desk.identity_provider import IdentityProvider, SignInAttempt
from services.desk.navigation import home_of
from services.desk.page_request import PageRequest, PublicPage, PublicRequest, signed_in
from services.desk.problems import SignInFailed
from services.desk.redirect_safety import local_path
from services.desk.session import PEOPLE
from services.desk.sign_in.provider.roles import roles_of, sign_in_with
from shared.access import Principal, public
from shared.problems import NotFound

log = structlog.get_logger("desk")
provider_router = APIRouter(prefix="/sign-in")
AnyPerson = Annotated[PageRequest, signed_in(*PEOPLE)]


async def send_to_provider(page: PublicRequest, then: str | None) -> Response:
    """A page that leads there by itself: a form's answer may not lead to another site (CSP form-action)."""
    attempt = SignInAttempt.begin(then, again=_must_prove_again(page))
    try:
        place = await _provider(page).authorization_url(attempt)
    except SignInFailed as failed:
        return _failed(page, failed, then)
    answer = page.render("sign_in_elsewhere.html", place=place)
    page.state.attempts.write(answer, attempt)
    return answer


def _must_prove_again(page: PublicRequest) -> bool:
    """Whether the password is needed: the provider's own session must not open a locked page."""
    session, idle = page.recognised().session, timedelta(seconds=page.state.settings.desk_idle_seconds)
    return "again" in page.query or (session is not None and session.is_idle(page.now, idle))


@provider_router.get("/back", name="back_from_provider")
@public("the identity provider sends people here who have signed in")
async def back_from_provider(page: PublicPage) -> Response:
    """A new session, if the sign-in was begun in this very browser."""
    provider, attempt = _provider(page), page.state.attempts.read(page.request)
    then = attempt.then if attempt else None
    try:
        code, attempt = _code_of(page, provider, attempt)
        token, principal, name = await provider.redeem(code, attempt)
        answer = _begin_session(page, token, principal, name, then)
    except SignInFailed as failed:
        answer = _failed(page, failed, then)
    page.state.attempts.end(answer)
    return answer


def _code_of(
    page: PublicRequest, provider: IdentityProvider, attempt: SignInAttempt | None
) -> tuple[str, SignInAttempt]:
    """The provider's code, if it answers this browser's attempt. Raises SignInFailed."""
    given = page.query
    if attempt is None or not hmac.compare_digest(given.get("state", "").encode(), attempt.state.encode()):
        raise SignInFailed("not_ours")
    # RFC 9207: an answer of another provider is not ours, even with our state.
    if given.get("iss", provider.issuer) != provider.issuer:
        raise SignInFailed("not_ours")
    if "error" in given or "code" not in given:
        raise SignInFailed("refused")
    return given["code"], attempt


def _begin_session(
    page: PublicRequest, token: str, principal: Principal, name: str, then: str | None
) -> Response:
    roles = roles_of(principal)
    if not roles:
        raise SignInFailed("no_role")
    lasts = timedelta(seconds=page.state.tokens.seconds_left(token))
    session = sign_in_with(token, principal, roles[0], name, now=page.now, lasts=lasts)
    if not page.state.sessions.fits(session):
        log.error("token too large for a cookie", characters=len(token))
        raise SignInFailed("too_large")
    place = then or home_of(session)
    # A page of ours that goes on by itself: only then does the browser send the strict cookie along.
    choice = roles if len(roles) > 1 else ()
    answer = page.render("signed_in.html", roles=choice, place=place, then=then, csrf=session.csrf)
    page.state.sessions.write(answer, session)
    return answer


@provider_router.get("/role", name="choose_role")
async def role_page(page: AnyPerson) -> Response:
    """The user's roles, to choose the one they work in now."""
    roles = roles_of(page.state.tokens.verify(page.session.token))
    return page.render("signed_in.html", roles=roles, place=home_of(page.session), csrf=page.session.csrf)


@provider_router.post("/role")
async def take_role(page: AnyPerson) -> Response:
    """Work in one of one's roles from now on."""
    form, session = await page.form(), page.session
    principal = page.state.tokens.verify(session.token)
    role = next((role for role in roles_of(principal) if role == form.text("role")), None)
    if role is None:
        raise NotFound
    lasts = session.ends_at - page.now
    chosen = sign_in_with(session.token, principal, role, session.name, now=page.now, lasts=lasts)
    answer = page.redirect(local_path(form.text("then")) or home_of(chosen))
    page.state.sessions.write(answer, chosen)
    return answer


@provider_router.get("/secret", name="secret")
async def csrf_secret(page: AnyPerson) -> dict[str, str]:
    """The forms' secret, for a page left open while its owner signed in again; other sites cannot read it."""
    session = page.session
    return {"person": session.subject, "role": session.role, "csrf": session.csrf}


def _provider(page: PublicRequest) -> IdentityProvider:
    provider = page.state.identity_provider
    if provider is None:
        raise NotFound
    return provider


def _failed(page: PublicRequest, failed: SignInFailed, then: str | None) -> Response:
    # The provider's own words may name a person; the reason alone is logged.
    log.warning("sign-in failed", why=failed.why)
    message = page.texts["signing_in"]["failures"][failed.why]
    return page.render("sign_in_failed.html", status=int(failed.status), message=message, then=then)
