"""Who may tell of calls: an exchange that signs (Standard Webhooks), or one with a token.

Several keys may be valid at once, so that a key can be changed without losing a call. A request that
bears any `webhook-` header is judged by its signature alone.
"""

from collections.abc import Mapping

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.intake.problems import BadSignature
from services.intake.telephony.forms import Incoming
from shared.access import Tokens
from shared.problems import Forbidden, Unauthenticated
from shared.vocabulary import Role

#: Whose tokens may tell of calls.
TELLERS = (Role.TELEPHONY, Role.SERVICE)


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
        # ValueError: headers, or a body, that the library cannot even take apart.
        return False
    return True


class SignedOrToken:
    """How an exchange proves itself that has no way of its own."""

    def __init__(self, signatures: Signatures, tokens: Tokens) -> None:
        self._signatures, self._tokens = signatures, tokens

    def admit(self, incoming: Incoming) -> None:
        """Return when it holds. Raises BadSignature, Unauthenticated or Forbidden."""
        if not any(name.startswith("webhook-") for name in incoming.headers):
            self._demand_token(incoming)
        elif not self._signatures.holds(incoming.body, incoming.headers):
            raise BadSignature

    def _demand_token(self, incoming: Incoming) -> None:
        scheme, _, token = incoming.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
        if not self._tokens.verify(token.strip()).has(*TELLERS):
            raise Forbidden(f"It takes one of: {', '.join(sorted(TELLERS))}.")
