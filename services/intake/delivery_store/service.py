"""Deliveries of exchanges at the door: sealed and committed before they are answered, each once for ever.

What they mean is found afterwards (interpreting.py). Those of several requests that come at the same moment
are committed together (shared/grouped.py); unlike other rows, a repeated one harms nobody.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delivery_store import repository
from services.intake.delivery_store.schemas import MOST_EVENTS, Receipt
from services.intake.delivery_store.states import DeliveryState
from services.intake.gauges import IntakeGauges
from services.intake.problems import TooManyEvents
from services.intake.telephony.forms import RawDelivery
from services.intake.vault import delivery_context, key_of, vault_of
from shared.group_commit import GroupCommitter, GroupWriting
from shared.ids import new_id
from shared.unit_of_work import Context

Row = Mapping[str, Any]

_LONGEST_ID = 120
_LONGEST_SOURCE = 40


async def take(grouped: GroupWriting, form: str, told: Sequence[RawDelivery]) -> Receipt:
    """Return when every delivery is on disk. Raises TooManyEvents with nothing stored."""
    if len(told) > MOST_EVENTS:
        raise TooManyEvents
    new = await _store(grouped, [sealed_row(grouped, delivery) for delivery in told]) if told else 0
    gauges: IntakeGauges = grouped.state.gauges
    gauges.deliveries.labels(form, "new").inc(new)
    gauges.deliveries.labels(form, "duplicate").inc(len(told) - new)
    return Receipt(received=len(told), new=new, duplicates=len(told) - new)


async def _store(grouped: GroupWriting, rows: Sequence[Row]) -> int:
    together: GroupCommitter[Sequence[Row], int] = grouped.state.delivery_committer
    new = await together.stored(rows)
    if new is None:
        async with grouped.alone() as work:
            (new,) = await write_deliveries(work.session, [rows])
    grouped.state.interpreter.wake()
    return new


async def write_deliveries(session: AsyncSession, several: Sequence[Sequence[Row]]) -> list[int]:
    """Store the deliveries of several requests; tells each how many of its own were new.

    In the order of their names, so that two replicas that are told the same do not cross.
    """
    first: dict[tuple[str, str], tuple[int, Row]] = {}
    for number, rows in enumerate(several):
        for row in rows:
            first.setdefault((row["source"], row["delivery_id"]), (number, row))
    stored = await repository.store_new(session, [first[name][1] for name in sorted(first)])
    new = Counter(first[name][0] for name in stored)
    return [new[number] for number in range(len(several))]


def sealed_row(context: Context, delivery: RawDelivery) -> dict[str, Any]:
    """The row of a delivery that nobody has interpreted yet."""
    source, delivery_id = delivery.source[:_LONGEST_SOURCE], _storable_id(delivery.delivery_id)
    # A lone surrogate is no text that can be kept as UTF-8.
    text = delivery.text.encode(errors="replace").decode()
    sealed = vault_of(context).ring.seal(text, delivery_context(source, delivery_id))
    return {
        "source": source,
        "delivery_id": delivery_id,
        "id": new_id(),
        "form": delivery.form,
        "state": DeliveryState.UNREAD,
        "received_at": context.clock.now(),
        "sealed": sealed,
        "sealed_key": key_of(sealed),
    }


def _storable_id(text: str) -> str:
    """The id itself, or what stands for one that is too long or no plain text."""
    if 0 < len(text) <= _LONGEST_ID and text.isprintable():
        return text
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
