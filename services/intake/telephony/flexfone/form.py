"""Flexfone's employee integration (faq.flexfone.dk/en/employee-integration-in-pbxadmin).

PBXAdmin has four addresses, one for each stage of a call, and calls them by GET or POST with the call's
parameters. Published are those of an answered and of an ended call; nothing says how they are signed, so
the address bears a token. The stage stands in the address as well, because no parameter tells it; and so
may the queue (`?queue=`), and the parameter that tells calls apart (`?id_field=LinkedUniqueCallId`, for an
exchange that gives each employee's ringing phone a `UniqueCallId` of its own).
"""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Response

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.fields import Fields
from services.intake.telephony.flexfone.settings import FlexfoneSettings
from services.intake.telephony.forms import Incoming, RawDelivery, Uninterpretable
from services.intake.telephony.kept import keep, read
from services.intake.telephony.telling import call_event
from services.intake.telephony.tokens import Tokens, token_shown
from shared.settings import CommonSettings

#: Stage in the address → what it tells, and its place among events of one moment.
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
        self._tokens = Tokens("flexfone_tokens", (settings or FlexfoneSettings()).tokens, common)

    def admit(self, incoming: Incoming) -> None:
        self._tokens.admit(token_shown(incoming, incoming.tail.partition("/")[2]))

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        return [keep(self.name, incoming, stage=incoming.tail.partition("/")[0])]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        kept = read(delivery.text)
        # The page writes `UniqueCallId` here and `Unique CallId` there.
        said = Fields((_plain(name), value) for name, value in kept.fields().pairs)
        if kept.stage == _OUTGOING or (said.one("calldirection") or "").lower() == _OUTGOING:
            return None
        if kept.stage not in _STAGES:
            raise Uninterpretable("unknown-stage")
        kind, order = _STAGES[kept.stage]
        is_transfer = (said.one("transfer") or "").lower() == "true"
        # `TimeStamp` is when the call arrived, also where it tells of an answer: no moment of the event.
        # `Duration` is the call's, and no talk may be made of it: a caller who gave up had a call, too.
        return call_event(
            delivery,
            kind,
            received_at,
            said.one(_plain(said.one("idfield") or "UniqueCallId")),
            leg_id=said.one("linkeduniquecallid"),
            queue=None if kind is CallEventType.ENDED else said.one("queue"),
            agent=said.one("employeelocalnumber") if kind is CallEventType.ANSWERED else None,
            from_=said.one("anumber"),
            cause="transferred" if is_transfer else None,
            sequence=order,
        )

    def answer(self, incoming: Incoming) -> Response | None:
        return None


def _plain(name: str) -> str:
    return name.replace(" ", "").replace("_", "").lower()
