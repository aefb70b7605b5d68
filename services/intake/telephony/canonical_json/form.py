"""The canonical form itself (api.md): JSON of one call event, or of a list of them."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Response
from pydantic import ValidationError

from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import Incoming, RawDelivery, Uninterpretable
from services.intake.telephony.signatures import SignedOrToken

CANONICAL = "events"


class CanonicalForm:
    """Signed (Standard Webhooks), or with a token. Its door refuses what is no call event at once."""

    name = CANONICAL

    def __init__(self, proof: SignedOrToken) -> None:
        self.admit = proof.admit

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        """One for each event; its own source and delivery id name it."""
        try:
            told = json.loads(incoming.body)
        except (ValueError, RecursionError):
            text = incoming.body.decode(errors="replace")
            return [RawDelivery(incoming.source, _hash(text), CANONICAL, text)]
        return [_delivery(event, incoming.source) for event in (told if isinstance(told, list) else [told])]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """The event. Our own older rows hold restarts of an exchange in this form as well."""
        try:
            return CallEvent.model_validate_json(delivery.text)
        except ValidationError as error:
            if any(
                problem["loc"] == ("type",) and problem["type"] == "missing" for problem in error.errors()
            ):
                return _restart(delivery)
            raise Uninterpretable("not-a-call-event") from error

    def answer(self, incoming: Incoming) -> Response | None:
        """The usual receipt."""
        return None


def _delivery(event: Any, source: str) -> RawDelivery:
    text = json.dumps(event, separators=(",", ":"))
    named = event if isinstance(event, dict) else {}
    return RawDelivery(
        str(named.get("source") or source), str(named.get("delivery_id") or _hash(text)), CANONICAL, text
    )


def _restart(delivery: RawDelivery) -> ExchangeRestart:
    try:
        return ExchangeRestart.model_validate_json(delivery.text)
    except ValidationError as error:
        raise Uninterpretable("not-a-call-event") from error


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
