"""Who may call what: bearer tokens (RFC 6750, RFC 7519) and the roles each route names.

A route without `allow(...)` or `public(...)` fails a test. Token lifetimes are checked against real
time, not the city's clock.
"""

import base64
import hmac
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.problems import Forbidden, Unauthenticated
from shared.settings import CommonSettings
from shared.vocabulary import Role

DEVELOPMENT_ISSUER = "dsi-development"
SERVICE_ISSUER = "dsi-service"
AUDIENCE = "dsi"
EVERY_UNIT = "*"

_bearer = HTTPBearer(auto_error=False, description="JWT of the identity provider, or a development token")
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True)
class Principal:
    """Who calls: an opaque subject, roles, and the units a caseworker belongs to."""

    subject: str
    roles: frozenset[str]
    units: frozenset[str]

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def belongs_to(self, unit: str) -> bool:
        """Whether the caller works in `unit` (a token may say `*`: every unit)."""
        return EVERY_UNIT in self.units or unit in self.units

    @property
    def role(self) -> str:
        """One role to write in a trail, where the person's name has no business."""
        return min(self.roles, default="none")


class Tokens:
    """Verifies tokens of the configured issuers, and signs the services' own."""

    def __init__(self, settings: CommonSettings) -> None:
        self._keys: dict[str, tuple[Any, list[str]]] = {
            SERVICE_ISSUER: (settings.secret("service_key"), ["HS256"])
        }
        self._key_set: jwt.PyJWKSet | None = None
        if settings.mode == "development":
            self._keys[DEVELOPMENT_ISSUER] = (settings.secret("service_key") + ":development", ["HS256"])
        elif settings.jwks_file is None:
            message = "DSI_JWKS_FILE must be set in production mode"
            raise RuntimeError(message)
        else:
            self._key_set = jwt.PyJWKSet.from_json(settings.jwks_file.read_text(encoding="utf-8"))
        self._issuer, self._audience = settings.jwt_issuer, settings.jwt_audience
        self._verified = lru_cache(maxsize=4096)(self._verify)

    def verify(self, token: str) -> Principal:
        """The caller behind a token; raises `Unauthenticated` for any that does not hold."""
        try:
            principal, expires_at = self._verified(token)
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise _unauthenticated("The token is not valid.") from error
        if expires_at <= time.time():
            raise _unauthenticated("The token has expired.")
        return principal

    def seconds_left(self, token: str) -> float:
        """How long a token still holds; raises `Unauthenticated` for any that does not."""
        self.verify(token)
        return self._verified(token)[1] - time.time()

    def identity(self, token: str, issuer: str, client_id: str, access_token: str) -> dict[str, Any]:
        """The claims of an ID token that the identity provider made for `client_id` and this access token.

        OpenID Connect Core 1.0 § 3.1.3.7; the nonce is the caller's. Raises `Unauthenticated`.
        """
        try:
            key, algorithms = self._published_key(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=algorithms,
                audience=client_id,
                issuer=issuer,
                options={"require": ["exp", "iat", "sub"]},
            )
            subject = self.verify(access_token).subject
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise _unauthenticated("The ID token is not valid.") from error
        if claims.get("azp", client_id) != client_id or not _belongs_to(
            claims, access_token, subject, algorithms
        ):
            raise _unauthenticated("The ID token is another's.")
        return claims

    def _verify(self, token: str) -> tuple[Principal, float]:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        if issuer in self._keys:
            key, algorithms = self._keys[issuer]
            audience = AUDIENCE
        else:
            key, algorithms, audience, issuer = *self._published_key(token), self._audience, self._issuer
        claims = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            audience=audience,
            issuer=issuer,
            options={"require": ["exp", "sub"]},
        )
        return Principal(
            subject=str(claims["sub"]),
            roles=frozenset(str(role) for role in claims.get("roles", [])),
            units=frozenset(str(unit) for unit in claims.get("units", [])),
        ), float(claims["exp"])

    def _published_key(self, token: str) -> tuple[Any, list[str]]:
        if self._key_set is None:
            message = "no identity provider is configured"
            raise KeyError(message)
        # KeyError for a kid we do not know: the token is refused, like any other that does not hold.
        key = self._key_set[str(jwt.get_unverified_header(token)["kid"])]
        return key.key, [str(key.algorithm_name)]

    def for_service(self, service: str, role: Role = Role.SERVICE, lifetime_seconds: int = 300) -> str:
        """A short-lived token for a call that the installation itself makes: a service, a command."""
        return self._sign(SERVICE_ISSUER, service, [role], [EVERY_UNIT], lifetime_seconds)

    def for_development(
        self, roles: Sequence[Role], units: Sequence[str], subject: str, lifetime_seconds: int
    ) -> str:
        """A development token. Raises `RuntimeError` outside development mode."""
        if DEVELOPMENT_ISSUER not in self._keys:
            message = "the development issuer exists in development mode only"
            raise RuntimeError(message)
        return self._sign(DEVELOPMENT_ISSUER, subject, roles, units, lifetime_seconds)

    def _sign(
        self, issuer: str, subject: str, roles: Sequence[Role], units: Sequence[str], lifetime: int
    ) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "exp": now + lifetime,
        }
        claims |= {"roles": list(roles), "units": list(units)}
        return jwt.encode(claims, self._keys[issuer][0], "HS256")


def _belongs_to(claims: dict[str, Any], access_token: str, subject: str, algorithms: list[str]) -> bool:
    """Whether an ID token speaks of the access token: by its hash (§ 3.1.3.6), else by its subject."""
    if "at_hash" not in claims:
        return bool(claims["sub"] == subject)
    digest = jwt.get_algorithm_by_name(algorithms[0]).compute_hash_digest(access_token.encode())
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    return hmac.compare_digest(half, str(claims["at_hash"]).encode())


class Allow:
    """The dependency that lets only some roles in. `roles` is read by the fitness test."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        self.roles = roles

    # Async though it waits for nothing: a plain function would be sent to a thread, for each request.
    async def __call__(
        self,
        request: Request,
        credentials: HTTPAuthorizationCredentials | None = Depends(_bearer),
    ) -> Principal:
        if credentials is None:
            raise _unauthenticated()
        principal: Principal = request.app.state.tokens.verify(credentials.credentials)
        if not principal.has(*self.roles):
            raise Forbidden(f"It takes one of: {', '.join(sorted(self.roles))}.")
        # The desk is an app of its own kind, and completes nobody.
        admit = getattr(request.app.state, "admit", None)
        return principal if admit is None else await admit(request.app.state, principal)


def allow(*roles: Role) -> Any:
    """`Depends` on a caller with one of `roles`; gives the endpoint its `Principal`."""
    return Depends(Allow(roles))


def public(reason: str) -> Callable[[_Endpoint], _Endpoint]:
    """Mark an endpoint as open without a token, with the reason."""

    def mark(endpoint: _Endpoint) -> _Endpoint:
        endpoint.__public__ = reason  # type: ignore[attr-defined]  # read by the fitness test
        return endpoint

    return mark


def _unauthenticated(detail: str | None = None) -> Unauthenticated:
    return Unauthenticated(detail, headers={"WWW-Authenticate": "Bearer"})
