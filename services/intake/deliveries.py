"""Deliveries of exchanges: stored first, each once for ever; then their calls are derived anew."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from services.intake import call_repository, calls
from services.intake.call_repository import EVENT, RESTART, UNINTERPRETABLE
from services.intake.call_schemas import CallBrief, Receipt
from services.intake.keeping import lines_of, vault_of
from services.intake.said import delivery_context, key_of
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.delivery import Delivery
from shared.access import Principal
from shared.problems import Unavailable
from shared.vocabulary import Channel
from shared.work import Work


async def take(work: Work, who: Principal, deliveries: Sequence[Delivery], purpose: str | None) -> Receipt:
    """Store the deliveries and bring the calls they speak of, and their contacts, up to date.

    All in the caller's transaction: what is receipted is stored, and what is stored has had its effect.
    """
    if not any(line.channel is Channel.PHONE for line in lines_of(work)):
        # The exchange keeps what it could not tell and tells it again; nothing is lost.
        raise Unavailable("No phone line is configured yet.", headers={"Retry-After": "60"})
    by_source: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_source[delivery.source].append(delivery)
    new, briefs = 0, list[CallBrief]()
    for source in sorted(by_source):
        told = by_source[source]
        await call_repository.take_turn(work.session, source, len(told))
        stored = await call_repository.store_new(work.session, [_row(work, one) for one in told])
        new += len(stored)
        briefs += await _derive(work, who, source, told, stored, purpose=purpose)
    return Receipt(
        received=len(deliveries),
        new=new,
        duplicates=len(deliveries) - new,
        uninterpretable=sum(delivery.event is None for delivery in deliveries),
        calls=briefs,
    )


def _row(work: Work, delivery: Delivery) -> dict[str, Any]:
    event = delivery.event
    text = event.model_dump_json(by_alias=True, exclude_none=True) if event is not None else delivery.raw
    context = delivery_context(delivery.source, delivery.delivery_id)
    sealed = vault_of(work).ring.seal(text, context)
    kind = UNINTERPRETABLE if event is None else EVENT if isinstance(event, CallEvent) else RESTART
    return {
        "source": delivery.source,
        "delivery_id": delivery.delivery_id,
        "kind": kind,
        "call_id": event.call_id if isinstance(event, CallEvent) else None,
        "occurred_at": event.occurred_at if event is not None else None,
        "received_at": work.clock.now(),
        "sealed": sealed,
        "sealed_key": key_of(sealed),
    }


async def _derive(
    work: Work,
    who: Principal,
    source: str,
    told: Iterable[Delivery],
    stored: set[str],
    *,
    purpose: str | None,
) -> list[CallBrief]:
    named, touched = set[str](), set[str]()
    for delivery in told:
        is_new = delivery.delivery_id in stored
        if isinstance(delivery.event, CallEvent):
            named.add(delivery.event.call_id)
            touched |= {delivery.event.call_id} if is_new else set()
        elif isinstance(delivery.event, ExchangeRestart) and is_new:
            moment = delivery.event.occurred_at
            touched |= set(await call_repository.calls_over(work.session, source, moment))
    await calls.derive(work, who, source, sorted(touched), purpose)
    records = await call_repository.find_calls(work.session, sorted(named | touched), source)
    return [
        CallBrief(
            source=source,
            call_id=record.call_id,
            contact_id=record.contact_id,
            outcome=record.outcome,
            visits=len(record.visits),
        )
        for record in records
    ]
