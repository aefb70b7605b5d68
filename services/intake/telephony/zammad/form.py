"""Zammad's generic CTI (docs.zammad.org, "Generic CTI"): JSON, form or multipart form.

The address is the secret, as in Zammad itself; a telephone system that can send a header may show it there.
"""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Response
from fastapi.responses import JSONResponse

from services.intake.problems import PostOnly
from services.intake.telephony.canonical import CallEvent
from services.intake.telephony.cti import cti_event
from services.intake.telephony.forms import Incoming, RawDelivery
from services.intake.telephony.kept import keep, read
from services.intake.telephony.tokens import Tokens, token_shown
from services.intake.telephony.zammad.settings import ZammadSettings
from shared.settings import CommonSettings


class ZammadForm:
    """`POST /v1/telephony/zammad/<token>`."""

    name = "zammad"

    def __init__(self, common: CommonSettings, settings: ZammadSettings | None = None) -> None:
        self._tokens = Tokens("zammad_tokens", (settings or ZammadSettings()).tokens, common)

    def admit(self, incoming: Incoming) -> None:
        self._tokens.admit(token_shown(incoming, incoming.tail))
        if incoming.method != "POST":
            raise PostOnly

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        return [keep(self.name, incoming)]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | None:
        said = read(delivery.text).fields()
        # Numbers come as the telephone system writes them: in full, or as they are dialled at home.
        return cti_event(
            delivery, said, received_at, number=lambda told: told, agent_in=("answeringNumber", "user")
        )

    def answer(self, incoming: Incoming) -> Response | None:
        # Anything but an empty object tells the telephone system to block the caller or to dial another.
        return JSONResponse({})
