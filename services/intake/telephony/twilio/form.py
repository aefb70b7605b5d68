"""Twilio's voice requests: signed, as a form or (with method GET) as a query.

Their names and meanings: twilio.com/docs/voice/twiml ("Request parameters"), .../twiml/number and
.../api/call-resource ("StatusCallback"), .../twiml/enqueue and .../twiml/queue.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import SecretStr

from services.intake.problems import BadSignature, FormClosed
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.forms import ExchangeRequest, FormAnswer, RawDelivery, Uninterpretable
from services.intake.telephony.request_fields import body_pairs
from services.intake.telephony.stored_request import StoredRequest, delivery_of
from services.intake.telephony.twilio.meaning import twilio_event
from services.intake.telephony.twilio.settings import TwilioSettings
from services.intake.telephony.twilio.signature import is_signed
from services.intake.telephony.vendor_tokens import secrets_of
from shared.settings import CommonSettings

_SETTING = "twilio_auth_tokens"
#: Nothing to do: right for the answer to a status callback, and for one to a queue's `url` or `action`.
_NOTHING_TO_DO = '<?xml version="1.0" encoding="UTF-8"?>\n<Response />'


class TwilioForm:
    """`POST` or `GET /v1/telephony/twilio`, with `?queue=` where the address shall name the queue."""

    name = "twilio"

    def __init__(self, common: CommonSettings, settings: TwilioSettings | None = None) -> None:
        configured: SecretStr | None = (settings or TwilioSettings()).auth_tokens
        self._secrets = secrets_of(_SETTING, configured, common)

    def admit(self, request: ExchangeRequest) -> None:
        if not self._secrets:
            raise FormClosed(_SETTING)
        try:
            posted = body_pairs(request.headers.get("content-type", ""), request.body)
        except Uninterpretable:
            # Its signature is made of fields: a body that cannot be taken apart into fields has no valid one.
            raise BadSignature from None
        if not is_signed(self._secrets, request.headers, request.url, posted):
            raise BadSignature

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        # Twilio's own id of a retry (I-Twilio-Idempotency-Token) is not signed, so it is not used as the
        # delivery's id: a retry has the same content, and with it the same hash.
        return [delivery_of(self.name, request)]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        return twilio_event(delivery, StoredRequest.parse(delivery.text).fields(), received_at)

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        return FormAnswer(_NOTHING_TO_DO, media_type="application/xml")
