"""Sends intake what a follower has read, and retries until intake has stored it.

Sending the same again changes nothing (deliveries have ids), so whatever is not acknowledged is sent again:
after the time that intake's Retry-After asks for, or after pauses that grow to a minute. No status is final:
a wrong key, clock or version is logged, a person corrects it, and then everything arrives.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import structlog
from standardwebhooks.webhooks import Webhook

log = structlog.get_logger("follow")

SHORTEST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
#: The longest Retry-After that is followed; after a longer one the next attempt is made all the same.
_LONGEST_RETRY_AFTER_SECONDS = 600.0

#: The headers that prove who sends a body.
Proof = Callable[[str], Mapping[str, str]]


def signed_with(secret: str) -> Proof:
    """Standard Webhooks. Raises ValueError for a key that is not base64."""
    key = Webhook(secret)

    def proof(body: str) -> Mapping[str, str]:
        message, moment = f"msg_{secrets.token_hex(12)}", datetime.now(UTC)
        return {
            "webhook-id": message,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": key.sign(message, moment, body),
        }

    return proof


def bearer(token: Callable[[], str]) -> Proof:
    """A bearer token (RFC 6750); `token` is called for each request, so that none is sent expired."""
    return lambda _body: {"Authorization": f"Bearer {token()}"}


class Courier:
    """Sends bodies to one of intake's telephony endpoints. `behind` counts what waits, for the log."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        path: str,
        proof: Proof,
        *,
        source: str,
        behind: Callable[[], Mapping[str, int]] = dict,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._path = path
        self._proof = proof
        self._source = source
        self._behind = behind
        self._sleep = sleep

    async def carry(self, body: str, content_type: str) -> None:
        """Return once intake has stored the body, however long that takes."""
        pause, since = SHORTEST_PAUSE_SECONDS, time.monotonic()
        while (refusal := await self._post(body, content_type)) is not None:
            why, retry_after = refusal
            waited = round(time.monotonic() - since)
            log.warning("intake takes nothing", why=why, for_seconds=waited, **self._behind())
            # Random, so that followers that were refused together do not all return at the same moment.
            await self._sleep(max(retry_after, pause * random.uniform(0.5, 1)))  # noqa: S311 -- not secrecy
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        if pause > SHORTEST_PAUSE_SECONDS:
            log.warning("intake takes deliveries again", after_seconds=round(time.monotonic() - since))

    async def _post(self, body: str, content_type: str) -> tuple[str, float] | None:
        """None once it is stored; otherwise the reason, and the seconds of intake's Retry-After."""
        headers = {**self._proof(body), "Content-Type": content_type}
        try:
            answer = await self._client.post(
                self._path, content=body.encode(), headers=headers, params={"source": self._source}
            )
        except httpx.HTTPError as error:
            # The type only: an error's text may quote what was sent.
            return type(error).__name__, 0
        if answer.is_success:
            return None
        return str(answer.status_code), _retry_after_seconds(answer.headers.get("retry-after"))


def _retry_after_seconds(header: str | None) -> float:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a moment."""
    if header is None:
        return 0
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return 0
    return min(max(seconds, 0), _LONGEST_RETRY_AFTER_SECONDS)
