"""Flexfone's employee integration (faq.flexfone.dk/en/employee-integration-in-pbxadmin).

PBXAdmin has four addresses, one for each stage of a call, and calls them by GET or POST with the call's
parameters. Published are those of an answered and of an ended call; nothing says how they are signed, so
the address has a token. The stage is in the address as well, because no parameter contains it; and so may be
the queue (`?queue=`), and the parameter that identifies a call (`?id_field=LinkedUniqueCallId`, for an
exchange that gives each employee's ringing phone a `UniqueCallId` of its own).
"""

from collections.abc import Sequence
from datetime import datetime

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.flexfone.settings import FlexfoneSettings
from services.intake.telephony.forms import ExchangeRequest, FormAnswer, RawDelivery, Uninterpretable
from services.intake.telephony.request_fields import Fields
from services.intake.telephony.stored_request import StoredRequest, delivery_of
from services.intake.telephony.vendor_events import call_event
from services.intake.telephony.vendor_tokens import VendorTokens, token_of
from shared.settings import CommonSettings

#: Stage in the address → type of the event, and its place among events of one moment.
_STAGES = {
    "incoming": (CallEventType.QUEUED, 0),
    "answered": (CallEventType.ANSWERED, 1),
    "ended": (CallEventType.ENDED, 2),
}
_OUTGOING = "outgoing"


class FlexfoneForm:
    """`GET` or `POST /v1/telephony/flexfone/<stage>/<token>`."""

    name = "flexfone"

    def __init__(self, common: CommonSettings, settings: FlexfoneSettings | None = None) -> None:
        self._tokens = VendorTokens("flexfone_tokens", (settings or FlexfoneSettings()).tokens, common)

    def admit(self, request: ExchangeRequest) -> None:
        self._tokens.admit(token_of(request, request.tail.partition("/")[2]))

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        return [delivery_of(self.name, request, stage=request.tail.partition("/")[0])]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        stored = StoredRequest.parse(delivery.text)
        # The page writes `UniqueCallId` here and `Unique CallId` there.
        fields = Fields((_plain(name), value) for name, value in stored.fields().pairs)
        if stored.stage == _OUTGOING or (fields.get("calldirection") or "").lower() == _OUTGOING:
            return None
        if stored.stage not in _STAGES:
            raise Uninterpretable("unknown-stage")
        kind, order = _STAGES[stored.stage]
        is_transfer = (fields.get("transfer") or "").lower() == "true"
        # `TimeStamp` is when the call arrived, also in the request about its answer: not the event's moment.
        # `Duration` is the call's, and not used as a talk's: a caller who gave up had a call, too.
        return call_event(
            delivery,
            kind,
            received_at,
            fields.get(_plain(fields.get("idfield") or "UniqueCallId")),
            leg_id=fields.get("linkeduniquecallid"),
            queue=None if kind is CallEventType.ENDED else fields.get("queue"),
            agent=fields.get("employeelocalnumber") if kind is CallEventType.ANSWERED else None,
            from_=fields.get("anumber"),
            cause="transferred" if is_transfer else None,
            sequence=order,
        )

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        return None


def _plain(name: str) -> str:
    return name.replace(" ", "").replace("_", "").lower()
