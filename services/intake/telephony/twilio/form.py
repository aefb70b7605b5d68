"""Twilio's voice requests: signed, as a form or (with method GET) as a query.

Their names and meanings: twilio.com/docs/voice/twiml ("Request parameters"), .../twiml/number and
.../api/call-resource ("StatusCallback"), .../twiml/enqueue and .../twiml/queue.
"""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Response
from pydantic import SecretStr

from services.intake.problems import BadSignature, FormClosed
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.fields import body_pairs
from services.intake.telephony.forms import Incoming, RawDelivery, Uninterpretable
from services.intake.telephony.kept import keep, read
from services.intake.telephony.tokens import secrets_of
from services.intake.telephony.twilio.meaning import twilio_event
from services.intake.telephony.twilio.settings import TwilioSettings
from services.intake.telephony.twilio.signing import signature_holds
from shared.settings import CommonSettings

_SETTING = "twilio_auth_tokens"
#: Nothing to do: right for the answer to a status callback, and for one to a queue's `url` or `action`.
_NOTHING_TO_DO = '<?xml version="1.0" encoding="UTF-8"?>\n<Response />'


class TwilioForm:
    """`POST` or `GET /v1/telephony/twilio`, with `?queue=` where the address shall name the queue."""

    name = "twilio"

    def __init__(self, common: CommonSettings, settings: TwilioSettings | None = None) -> None:
        given: SecretStr | None = (settings or TwilioSettings()).auth_tokens
        self._secrets = secrets_of(_SETTING, given, common)

    def admit(self, incoming: Incoming) -> None:
        if not self._secrets:
            raise FormClosed(_SETTING)
        try:
            posted = body_pairs(incoming.headers.get("content-type", ""), incoming.body)
        except Uninterpretable:
            # Its signature is made of fields: what cannot be taken apart into fields bears none.
            raise BadSignature from None
        if not signature_holds(self._secrets, incoming.headers, incoming.url, posted):
            raise BadSignature

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        # A retry bears the same token. It is not part of what is signed, so it names nothing by itself.
        return [keep(self.name, incoming)]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        return twilio_event(delivery, read(delivery.text).fields(), received_at)

    def answer(self, incoming: Incoming) -> Response | None:
        return Response(_NOTHING_TO_DO, media_type="application/xml")
