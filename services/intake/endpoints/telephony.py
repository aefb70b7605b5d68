"""What exchanges tell, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query

from services.intake import deliveries
from services.intake.access_log import Purpose
from services.intake.call_schemas import MOST_EVENTS, CallEvents, Receipt
from services.intake.keeping import keep_lines_fresh
from services.intake.problems import BadSignature, TooManyEvents
from services.intake.telephony.asterisk_queue_log import read_queue_log
from services.intake.telephony.canonical import Source
from services.intake.telephony.delivery import canonical_delivery
from services.intake.telephony.signatures import Exchange
from shared.problems import Unauthenticated, answers
from shared.work import Writing

telephony_router = APIRouter(
    prefix="/v1/telephony", tags=["telephony"], dependencies=[Depends(keep_lines_fresh)]
)

_ANSWERS = answers(Unauthenticated, BadSignature, TooManyEvents)


@telephony_router.post("/events", summary="Tell of call events", status_code=202, responses=_ANSWERS)
async def take_call_events(
    *, who: Exchange, events: CallEvents, work: Writing, purpose: Purpose = None
) -> Receipt:
    """In canonical form, signed (Standard Webhooks) or with a token. Answered once stored.

    The same delivery (`source`, `delivery_id`) told again changes nothing, however late; order does not
    matter.
    """
    if len(events.root) > MOST_EVENTS:
        raise TooManyEvents
    told = [canonical_delivery(event) for event in events.root]
    return await deliveries.take(work, who, told, purpose)


_EXAMPLE = "1795312303|pbx-1795312303.0|socialservice|NONE|ENTERQUEUE||4520000001|1\n"


@telephony_router.post(
    "/asterisk", summary="Tell lines of Asterisk's queue_log", status_code=202, responses=_ANSWERS
)
async def take_queue_log(
    *,
    who: Exchange,
    lines: Annotated[str, Body(media_type="text/plain", examples=[_EXAMPLE])],
    work: Writing,
    source: Annotated[Source, Query(description="The exchange, where there are several")] = "asterisk",
    purpose: Purpose = None,
) -> Receipt:
    """At most 1,000 lines, as they stand in the file; never cut within a second.

    Lines that mean nothing to us are stored and counted. The same lines sent again change nothing.
    """
    told = read_queue_log(lines.split("\n"), source)
    if len(told) > MOST_EVENTS:
        raise TooManyEvents
    return await deliveries.take(work, who, told, purpose)
