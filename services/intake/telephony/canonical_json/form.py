"""The canonical form itself (api.md): JSON of one call event, or of a list of them."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import ExchangeRequest, FormAnswer, RawDelivery, Uninterpretable
from services.intake.telephony.signatures import SignedOrToken

CANONICAL = "events"


class CanonicalForm:
    """Signed (Standard Webhooks), or with a token. Its endpoint refuses at once what is no call event."""

    name = CANONICAL

    def __init__(self, proof: SignedOrToken) -> None:
        self.admit = proof.admit

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        """One for each event, under its own source and delivery id."""
        try:
            content = json.loads(request.body)
        except (ValueError, RecursionError):
            text = request.body.decode(errors="replace")
            return [RawDelivery(request.source, _hash(text), CANONICAL, text)]
        events = content if isinstance(content, list) else [content]
        return [_delivery(event, request.source) for event in events]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """The event. Older rows of our own hold restarts of an exchange in this form as well."""
        try:
            return CallEvent.model_validate_json(delivery.text)
        except ValidationError as error:
            has_no_type = any(
                problem["loc"] == ("type",) and problem["type"] == "missing" for problem in error.errors()
            )
            if has_no_type:
                return _restart(delivery)
            raise Uninterpretable("not-a-call-event") from error

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        """The usual receipt."""
        return None


def _delivery(event: Any, source: str) -> RawDelivery:
    text = json.dumps(event, separators=(",", ":"))
    fields = event if isinstance(event, dict) else {}
    return RawDelivery(
        str(fields.get("source") or source), str(fields.get("delivery_id") or _hash(text)), CANONICAL, text
    )


def _restart(delivery: RawDelivery) -> ExchangeRestart:
    try:
        return ExchangeRestart.model_validate_json(delivery.text)
    except ValidationError as error:
        raise Uninterpretable("not-a-call-event") from error


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
