"""The city's identity provider, by OpenID Connect's authorization code flow with PKCE.

Sources: OpenID Connect Core 1.0 § 3.1, Discovery 1.0, RP-Initiated Logout 1.0; RFC 6749, RFC 7636, RFC 9700.
Who somebody is, their roles and units are read from tokens by shared/access.py and nowhere else.
"""

import hmac
import time
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import httpx

from services.desk.problems import SignInFailed
from services.desk.settings import Settings
from services.desk.sign_in_flow import Flow
from shared.access import Principal, Tokens
from shared.problems import Unauthenticated

#: The provider's endpoints are read again after so long, in seconds.
_KEPT_SECONDS = 3600.0
_PATIENCE_SECONDS = 10.0
#: The provider's clock may be so much behind ours, in seconds.
_LEEWAY = 30.0


class IdentityProvider:
    """Where people prove who they are. Raises `SignInFailed` with a text's key when they could not."""

    def __init__(self, settings: Settings, tokens: Tokens, client: httpx.AsyncClient) -> None:
        self._settings, self._tokens, self._client = settings, tokens, client
        self.issuer = settings.oidc_issuer or settings.jwt_issuer
        self._secret = settings.secret("oidc_client_secret")
        self._found: dict[str, Any] = {}
        self._found_at = 0.0

    async def way_there(self, flow: Flow) -> str:
        """The provider's address to go to. `again` asks for the password and not for a memory of it."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._settings.oidc_redirect,
            "scope": self._settings.oidc_scope,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
            "ui_locales": "da",
        }
        again = {"prompt": "login", "max_age": "0"} if flow.again else {}
        return _with_query((await self._endpoints())["authorization_endpoint"], asked | again)

    async def way_out(self) -> str | None:
        """Where the provider's own session ends, and back to our first page; None where it cannot."""
        try:
            place = (await self._endpoints()).get("end_session_endpoint")
        except SignInFailed:
            return None
        told = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": urljoin(self._settings.oidc_redirect, "/"),
        }
        return _with_query(place, told) if place else None

    async def redeem(self, code: str, flow: Flow) -> tuple[str, Principal, str]:
        """For a code: the token that the services take, whom it speaks of, and their name for colleagues."""
        answer = await self._token_answer(code, flow)
        token, identity = str(answer.get("access_token", "")), str(answer.get("id_token", ""))
        try:
            claims = self._tokens.identity(identity, self.issuer, self._settings.oidc_client_id, token)
            principal = self._tokens.verify(token)
        except Unauthenticated as error:
            raise SignInFailed("not_valid") from error
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), flow.nonce.encode()):
            raise SignInFailed("not_valid")
        if flow.again and not _proved_since(claims, flow.begun):
            raise SignInFailed("not_again")
        name = str(claims.get("name") or claims.get("preferred_username") or "")
        return token, principal, name

    async def _token_answer(self, code: str, flow: Flow) -> dict[str, Any]:
        told = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.oidc_redirect,
            "code_verifier": flow.verifier,
        }
        # RFC 6749 § 2.3.1: both are form-encoded before they are put into the header.
        proof = httpx.BasicAuth(quote(self._settings.oidc_client_id, safe=""), quote(self._secret, safe=""))
        return await self._ask("POST", (await self._endpoints())["token_endpoint"], data=told, auth=proof)

    async def _endpoints(self) -> dict[str, Any]:
        if not self._found or time.monotonic() - self._found_at > _KEPT_SECONDS:
            place = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await self._ask("GET", place)
            ends = (found.get("authorization_endpoint"), found.get("token_endpoint"))
            # Discovery 1.0 § 4.3: the document must be the issuer's own; nothing is sent in the clear.
            if found.get("issuer") != self.issuer or not all(str(end).startswith("https://") for end in ends):
                raise SignInFailed("silent")
            self._found, self._found_at = found, time.monotonic()
        return self._found

    async def _ask(self, method: str, place: str, **more: Any) -> dict[str, Any]:
        try:
            answer = await self._client.request(method, place, timeout=_PATIENCE_SECONDS, **more)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SignInFailed("silent") from error
        if not answer.is_success or not isinstance(body, dict):
            raise SignInFailed("not_valid" if answer.is_client_error else "silent")
        return body


def _proved_since(claims: dict[str, Any], begun: float) -> bool:
    """Whether the password was given on this way; `auth_time` answers `max_age` (Core § 2)."""
    told = claims.get("auth_time")
    return isinstance(told, int | float) and told >= begun - _LEEWAY


def _with_query(place: str, query: dict[str, str]) -> str:
    return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"
