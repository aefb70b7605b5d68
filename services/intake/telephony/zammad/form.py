"""Zammad's generic CTI (docs.zammad.org, "Generic CTI"): JSON, form or multipart form.

The address is the secret, as in Zammad itself; a telephone system that can send a header may send it there.
"""

from collections.abc import Sequence
from datetime import datetime

from services.intake.problems import PostOnly
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.cti import cti_event
from services.intake.telephony.forms import ExchangeRequest, FormAnswer, RawDelivery
from services.intake.telephony.stored_request import StoredRequest, delivery_of
from services.intake.telephony.vendor_tokens import VendorTokens, token_of
from services.intake.telephony.zammad.settings import ZammadSettings
from shared.settings import CommonSettings


class ZammadForm:
    """`POST /v1/telephony/zammad/<token>`."""

    name = "zammad"

    def __init__(self, common: CommonSettings, settings: ZammadSettings | None = None) -> None:
        self._tokens = VendorTokens("zammad_tokens", (settings or ZammadSettings()).tokens, common)

    def admit(self, request: ExchangeRequest) -> None:
        self._tokens.admit(token_of(request, request.tail))
        if request.method != "POST":
            raise PostOnly

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        return [delivery_of(self.name, request)]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        fields = StoredRequest.parse(delivery.text).fields()
        # Numbers come as the telephone system writes them: in full, or as they are dialled at home.
        return cti_event(
            delivery, fields, received_at, number=lambda text: text, agent_in=("answeringNumber", "user")
        )

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        # Anything but an empty object makes the telephone system block the caller or dial another number.
        return FormAnswer("{}", media_type="application/json")
