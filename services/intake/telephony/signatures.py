"""Who may tell of calls: an exchange that signs (Standard Webhooks), or one with a token.

Several keys may be valid at once, so that a key can be changed without losing a call. A request that
bears any `webhook-` header is judged by its signature alone.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.intake.problems import BadSignature
from shared.access import Allow, Principal
from shared.vocabulary import Role

_bearer = HTTPBearer(auto_error=False)
_signature = APIKeyHeader(
    name="webhook-signature",
    scheme_name="StandardWebhooks",
    auto_error=False,
    description="With webhook-id and webhook-timestamp: HMAC-SHA256 as in Standard Webhooks 1.0",
)


class Signatures:
    """The keys of the exchanges. Raises ValueError for a key that is not base64."""

    def __init__(self, secrets: str) -> None:
        self._keys = [Webhook(secret.strip()) for secret in secrets.split(",") if secret.strip()]

    def holds(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether one of the keys signed this body, not more than five minutes from now."""
        return any(_holds(key, body, headers) for key in self._keys)


def _holds(key: Webhook, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        key.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # ValueError: headers that the library cannot even take apart.
        return False
    return True


class SignedOrAllowed(Allow):
    """Lets a signed request in as the exchange; any other needs a token with one of the roles."""

    async def __call__(
        self,
        request: Request,
        credentials: HTTPAuthorizationCredentials | None = Depends(_bearer),
        _shown_in_openapi: Any = Depends(_signature),
    ) -> Principal:
        if not any(name.startswith("webhook-") for name in request.headers):
            return await super().__call__(request, credentials)
        signatures: Signatures = request.app.state.signatures
        if not signatures.holds(await request.body(), request.headers):
            raise BadSignature
        return Principal("signed-webhook", frozenset({Role.TELEPHONY}), frozenset())


Exchange = Annotated[Principal, Depends(SignedOrAllowed((Role.TELEPHONY, Role.SERVICE)))]
