"""The city's identity provider, by OpenID Connect's authorization code flow with PKCE.

Sources: OpenID Connect Core 1.0 § 3.1, Discovery 1.0, RP-Initiated Logout 1.0; RFC 6749, RFC 7636, RFC 9700.
Subjects, roles and units are read from tokens by shared/access.py and nowhere else.
"""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import httpx
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from services.desk.problems import SignInFailed
from services.desk.sealed_cookie import SealedCookie
from services.desk.settings import Settings
from shared.access import Principal, Tokens
from shared.problems import Unauthenticated
from shared.sealing import Keyring

FLOW_COOKIE = "desk_flow"
#: Long enough to find one's phone for the second factor.
LONGEST_SECONDS = 900
#: The provider's endpoints are read again after so long, in seconds.
_CACHED_SECONDS = 3600.0
_TIMEOUT_SECONDS = 10.0
#: The provider's clock may be so much behind ours, in seconds.
_LEEWAY = 30.0


class SignInAttempt(BaseModel):
    """One browser's way to the provider and back. `again`: the provider must ask for the password."""

    model_config = ConfigDict(frozen=True)

    state: str
    nonce: str
    verifier: str
    then: str | None
    again: bool
    #: In seconds of real time, as the provider counts them.
    begun: float

    @classmethod
    def begin(cls, then: str | None, *, again: bool) -> "SignInAttempt":
        """A new attempt with secrets of its own. `then` is the path to go to afterwards."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state=state, nonce=nonce, verifier=verifier, then=then, again=again, begun=time.time())

    @property
    def challenge(self) -> str:
        """What the provider receives of `verifier` (RFC 7636 § 4.2, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class SignInAttempts(SealedCookie[SignInAttempt]):
    """The cookie with the attempt, for minutes.

    The session's cookie is SameSite=Strict and is not sent by a browser that returns from another site; this
    one is Lax, gives access to nothing, and is used once.
    """

    def __init__(self, ring: Keyring, *, secure: bool) -> None:
        super().__init__(
            *(ring, SignInAttempt, FLOW_COOKIE, "desk-sign-in"),
            secure=secure,
            same_site="lax",
            max_age=LONGEST_SECONDS,
        )

    def read(self, request: Request) -> SignInAttempt | None:
        """The browser's attempt; None when it made none, or too long ago."""
        attempt = super().read(request)
        return attempt if attempt is not None and time.time() - attempt.begun < LONGEST_SECONDS else None


class IdentityProvider:
    """A client of the provider. Its methods raise `SignInFailed` with the key of a text."""

    def __init__(self, settings: Settings, tokens: Tokens, client: httpx.AsyncClient) -> None:
        self._settings, self._tokens, self._client = settings, tokens, client
        self.issuer = settings.oidc_issuer or settings.jwt_issuer
        self._secret = settings.secret("oidc_client_secret")
        self._configuration: dict[str, Any] = {}
        self._read_at = 0.0

    async def authorization_url(self, attempt: SignInAttempt) -> str:
        """The provider's address to send the browser to."""
        query = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._settings.oidc_redirect,
            "scope": self._settings.oidc_scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "ui_locales": "da",
        }
        # Both, because providers differ in which of the two they follow.
        again = {"prompt": "login", "max_age": "0"} if attempt.again else {}
        return _with_query((await self._endpoints())["authorization_endpoint"], query | again)

    async def logout_url(self) -> str | None:
        """The page that ends the provider's own session and returns to our first page; None without one."""
        try:
            end = (await self._endpoints()).get("end_session_endpoint")
        except SignInFailed:
            return None
        query = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": urljoin(self._settings.oidc_redirect, "/"),
        }
        return _with_query(end, query) if end else None

    async def redeem(self, code: str, attempt: SignInAttempt) -> tuple[str, Principal, str]:
        """For a code: the token that the services accept, its principal, and the person's name."""
        answer = await self._token_answer(code, attempt)
        token, identity = str(answer.get("access_token", "")), str(answer.get("id_token", ""))
        try:
            claims = self._tokens.identity(identity, self.issuer, self._settings.oidc_client_id, token)
            principal = self._tokens.verify(token)
        except Unauthenticated as error:
            raise SignInFailed("not_valid") from error
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
            raise SignInFailed("not_valid")
        if attempt.again and not _is_password_newer(claims, attempt.begun):
            raise SignInFailed("not_again")
        name = str(claims.get("name") or claims.get("preferred_username") or "")
        return token, principal, name

    async def _token_answer(self, code: str, attempt: SignInAttempt) -> dict[str, Any]:
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.oidc_redirect,
            "code_verifier": attempt.verifier,
        }
        # RFC 6749 § 2.3.1: both are form-encoded before they are put into the header.
        credentials = httpx.BasicAuth(
            quote(self._settings.oidc_client_id, safe=""), quote(self._secret, safe="")
        )
        return await self._request(
            "POST", (await self._endpoints())["token_endpoint"], data=body, auth=credentials
        )

    async def _endpoints(self) -> dict[str, Any]:
        if not self._configuration or time.monotonic() - self._read_at > _CACHED_SECONDS:
            url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await self._request("GET", url)
            ends = (found.get("authorization_endpoint"), found.get("token_endpoint"))
            # Discovery 1.0 § 4.3: the document must be the issuer's own; nothing is sent in the clear.
            if found.get("issuer") != self.issuer or not all(str(end).startswith("https://") for end in ends):
                raise SignInFailed("silent")
            self._configuration, self._read_at = found, time.monotonic()
        return self._configuration

    async def _request(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            answer = await self._client.request(method, url, timeout=_TIMEOUT_SECONDS, **more)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SignInFailed("silent") from error
        if not answer.is_success or not isinstance(body, dict):
            raise SignInFailed("not_valid" if answer.is_client_error else "silent")
        return body


def _is_password_newer(claims: dict[str, Any], begun: float) -> bool:
    """Whether the password was given since `begun`; `auth_time` answers `max_age` (Core § 2)."""
    given_at = claims.get("auth_time")
    return isinstance(given_at, int | float) and given_at >= begun - _LEEWAY


def _with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
