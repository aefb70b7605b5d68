"""Carries what a follower has read to intake, and does not give up.

Sending the same again is harmless (deliveries have ids), so whatever is not receipted is sent again: after
the time that intake asks for, or after pauses that grow to a minute. Nothing is refused for good: what is
wrong - a key, a clock, a version - is stated loudly and mended by a person, and then everything arrives.
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
#: A longer pause than this that intake asks for is cut to it.
_MOST_PATIENCE_SECONDS = 600.0

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
    """A token, made or read for each request."""
    return lambda _body: {"Authorization": f"Bearer {token()}"}


class Courier:
    """Posts to one endpoint of intake. `behind` says, for the log, what waits while intake takes nothing."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        door: str,
        proof: Proof,
        *,
        source: str,
        behind: Callable[[], Mapping[str, int]] = dict,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._door = door
        self._proof = proof
        self._source = source
        self._behind = behind
        self._sleep = sleep

    async def carry(self, body: str, content_type: str) -> None:
        """Return once intake has stored it, however long that takes."""
        pause, since = SHORTEST_PAUSE_SECONDS, time.monotonic()
        while (refusal := await self._post(body, content_type)) is not None:
            why, patience = refusal
            waited = round(time.monotonic() - since)
            log.warning("intake takes nothing", why=why, for_seconds=waited, **self._behind())
            # Not all at the same moment, when many were turned away at once.
            await self._sleep(max(patience, pause * random.uniform(0.5, 1)))  # noqa: S311 -- not secrecy
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        if pause > SHORTEST_PAUSE_SECONDS:
            log.warning("intake takes deliveries again", after_seconds=round(time.monotonic() - since))

    async def _post(self, body: str, content_type: str) -> tuple[str, float] | None:
        """None once it is stored; otherwise why not, and how many seconds intake asks to be left alone."""
        headers = {**self._proof(body), "Content-Type": content_type}
        try:
            answer = await self._client.post(
                self._door, content=body.encode(), headers=headers, params={"source": self._source}
            )
        except httpx.HTTPError as error:
            # The type only: an error's text may quote what was sent.
            return type(error).__name__, 0
        if answer.is_success:
            return None
        return str(answer.status_code), _patience(answer.headers.get("retry-after"))


def _patience(requested: str | None) -> float:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a moment."""
    if requested is None:
        return 0
    try:
        seconds = float(requested)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(requested) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return 0
    return min(max(seconds, 0), _MOST_PATIENCE_SECONDS)
