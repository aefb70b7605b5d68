"""Events of Asterisk's manager interface (AMI), a line of JSON each: what `dsi follow ami` sends."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.intake.telephony.asterisk_ami.meaning import ami_event
from services.intake.telephony.canonical import CallEvent, ExchangeRestart, Name
from services.intake.telephony.forms import ExchangeRequest, FormAnswer, RawDelivery, Uninterpretable
from services.intake.telephony.signatures import SignedOrToken
from shared.moments import Moment


class AmiDelivery(BaseModel):
    """One line of JSON. `received_at` is when the follower received it, for exchanges that date no events."""

    model_config = ConfigDict(frozen=True)

    delivery_id: Name | None = None
    received_at: Moment | None = Field(None, alias="heard_at")
    event: dict[str, str]


class AmiForm:
    """`POST /v1/telephony/asterisk-ami` (`application/x-ndjson`)."""

    name = "asterisk-ami"

    def __init__(self, proof: SignedOrToken) -> None:
        self.admit = proof.admit

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        """One for each line that is not blank."""
        lines = (line.strip() for line in request.body.decode("utf-8", errors="replace").split("\n"))
        return [RawDelivery(request.source, _id_of(line), self.name, line) for line in lines if line]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """The line's event."""
        try:
            line = AmiDelivery.model_validate_json(delivery.text)
        except ValidationError as error:
            raise Uninterpretable("not-an-ami-event") from error
        return ami_event(line.event, delivery, line.received_at or received_at)

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        """The usual receipt."""
        return None


def _id_of(line: str) -> str:
    """The sender's own id, or a hash of the content for a line without one."""
    try:
        delivery_id = AmiDelivery.model_validate_json(line).delivery_id
    except ValidationError:
        delivery_id = None
    return delivery_id or hashlib.sha256(line.encode()).hexdigest()[:32]
