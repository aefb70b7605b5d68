"""How an exchange proves who it is: it signs its requests (Standard Webhooks), or sends a token.

Several keys may be valid at once, so that a key can be changed without losing a call. A request with any
`webhook-` header is judged by its signature alone.
"""

from collections.abc import Mapping

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.intake.problems import BadSignature
from services.intake.telephony.forms import ExchangeRequest
from shared.access import Tokens
from shared.problems import Forbidden, Unauthenticated
from shared.vocabulary import Role

#: The roles whose tokens may send deliveries.
SENDER_ROLES = (Role.TELEPHONY, Role.SERVICE)


class Signatures:
    """The keys of the exchanges. Raises ValueError for a key that is not base64."""

    def __init__(self, secrets: str) -> None:
        self._keys = [Webhook(secret.strip()) for secret in secrets.split(",") if secret.strip()]

    def is_valid(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether one of the keys signed this body, not more than five minutes from now."""
        return any(_is_valid(key, body, headers) for key in self._keys)


def _is_valid(key: Webhook, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        key.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # ValueError: headers, or a body, that the library cannot even take apart.
        return False
    return True


class SignedOrToken:
    """The proof of an exchange whose vendor has no way of its own."""

    def __init__(self, signatures: Signatures, tokens: Tokens) -> None:
        self._signatures, self._tokens = signatures, tokens

    def admit(self, request: ExchangeRequest) -> None:
        """Return when the proof is valid. Raises BadSignature, Unauthenticated or Forbidden."""
        if not any(name.startswith("webhook-") for name in request.headers):
            self._require_token(request)
        elif not self._signatures.is_valid(request.body, request.headers):
            raise BadSignature

    def _require_token(self, request: ExchangeRequest) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
        if not self._tokens.verify(token.strip()).has(*SENDER_ROLES):
            raise Forbidden(f"It takes one of: {', '.join(sorted(SENDER_ROLES))}.")
