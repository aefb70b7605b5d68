"""Asterisk's two forms, as intake's door takes them: lines of `queue_log`, and events of AMI."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from fastapi import Response
from pydantic import BaseModel, ConfigDict, ValidationError

from services.intake.telephony.asterisk import ami_events, queue_log
from services.intake.telephony.canonical import CallEvent, ExchangeRestart, Name
from services.intake.telephony.forms import Incoming, RawDelivery, Uninterpretable
from services.intake.telephony.signatures import SignedOrToken
from shared.moments import Moment


class QueueLogForm:
    """Lines as they stand in the file (`text/plain`); queue_log.py says how they may be cut."""

    name = queue_log.FORM

    def __init__(self, proof: SignedOrToken) -> None:
        self.admit = proof.admit

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        """One for each line that is not blank."""
        return [
            RawDelivery(incoming.source, delivery_id, self.name, text)
            for delivery_id, text in queue_log.cut(incoming.body)
        ]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """What the line means; it bears its own moment."""
        return queue_log.interpreted(delivery)

    def answer(self, incoming: Incoming) -> Response | None:
        """The usual receipt."""
        return None


class AmiDelivery(BaseModel):
    """One line of JSON. `heard_at` is when the follower heard it, for exchanges that date no events."""

    model_config = ConfigDict(frozen=True)

    delivery_id: Name | None = None
    heard_at: Moment | None = None
    event: dict[str, str]


class AmiForm:
    """Events of AMI, a line of JSON each (`application/x-ndjson`): what `dsi follow ami` sends."""

    name = "asterisk-ami"

    def __init__(self, proof: SignedOrToken) -> None:
        self.admit = proof.admit

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        """One for each line that is not blank."""
        lines = (line.strip() for line in incoming.body.decode("utf-8", errors="replace").split("\n"))
        return [RawDelivery(incoming.source, _id_of(line), self.name, line) for line in lines if line]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """What the event means."""
        try:
            told = AmiDelivery.model_validate_json(delivery.text)
        except ValidationError as error:
            raise Uninterpretable("not-an-ami-event") from error
        heard_at = told.heard_at or received_at
        return ami_events.interpreted(told.event, delivery, heard_at)

    def answer(self, incoming: Incoming) -> Response | None:
        """The usual receipt."""
        return None


def _id_of(line: str) -> str:
    """The sender's own id, or one made of the content for a line that bears none."""
    try:
        told = AmiDelivery.model_validate_json(line).delivery_id
    except ValidationError:
        told = None
    return told or hashlib.sha256(line.encode()).hexdigest()[:32]
