"""Lines of Asterisk's `queue_log`, as they are in the file (`text/plain`)."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.telephony.asterisk_queue_log.lines import cut
from services.intake.telephony.asterisk_queue_log.meaning import queue_log_event
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import ExchangeRequest, FormAnswer, RawDelivery
from services.intake.telephony.signatures import SignedOrToken


class QueueLogForm:
    """`POST /v1/telephony/asterisk`. lines.py says where a log may be cut into requests."""

    name = "asterisk"

    def __init__(self, proof: SignedOrToken) -> None:
        self.admit = proof.admit

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        """One for each line that is not blank."""
        return [
            RawDelivery(request.source, delivery_id, self.name, text)
            for delivery_id, text in cut(request.body)
        ]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """The line's event, at the line's own moment."""
        return queue_log_event(delivery)

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        """The usual receipt."""
        return None
