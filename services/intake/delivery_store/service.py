"""Deliveries of telephone systems: stored encrypted before they are answered, each of them once.

A delivery is interpreted by its form whenever its call is derived; its event is never stored. Deliveries that
arrive at the same moment are committed together (shared/group_commit.py); a repeated one is ignored.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delivery_store import repository
from services.intake.delivery_store.repository import DeliveryRow
from services.intake.delivery_store.schemas import MOST_EVENTS, Receipt
from services.intake.delivery_store.states import FAILED, FUTURE, DeliveryState
from services.intake.gauges import IntakeGauges
from services.intake.problems import TooManyEvents
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import Form, RawDelivery, Uninterpretable
from services.intake.vault import delivery_context, key_of, vault_of
from shared.group_commit import GroupCommitter, GroupWriting
from shared.ids import new_id
from shared.unit_of_work import Context

NewDelivery = Mapping[str, Any]

log = structlog.get_logger("reading")

_LONGEST_ID = 120
_LONGEST_SOURCE = 40


async def receive(grouped: GroupWriting, form: str, deliveries: Sequence[RawDelivery]) -> Receipt:
    """Return when every delivery is stored. Raises TooManyEvents with nothing stored."""
    if len(deliveries) > MOST_EVENTS:
        raise TooManyEvents
    new = 0
    if deliveries:
        new = await _store(grouped, [sealed_row(grouped, delivery) for delivery in deliveries])
    gauges: IntakeGauges = grouped.state.gauges
    gauges.deliveries.labels(form, "new").inc(new)
    gauges.deliveries.labels(form, "duplicate").inc(len(deliveries) - new)
    return Receipt(received=len(deliveries), new=new, duplicates=len(deliveries) - new)


async def _store(grouped: GroupWriting, rows: Sequence[NewDelivery]) -> int:
    together: GroupCommitter[Sequence[NewDelivery], int] = grouped.state.delivery_committer
    new = await together.stored(rows)
    if new is None:
        async with grouped.alone() as work:
            (new,) = await write_deliveries(work.session, [rows])
    grouped.state.interpreter.wake()
    return new


async def write_deliveries(session: AsyncSession, several: Sequence[Sequence[NewDelivery]]) -> list[int]:
    """Store the deliveries of several requests; returns for each how many of its own were new.

    They are written in the order of their ids, so that two replicas that receive the same do not deadlock.
    """
    first: dict[tuple[str, str], tuple[int, NewDelivery]] = {}
    for number, rows in enumerate(several):
        for row in rows:
            first.setdefault((row["source"], row["delivery_id"]), (number, row))
    stored = await repository.store_new(session, [first[name][1] for name in sorted(first)])
    new = Counter(first[name][0] for name in stored)
    return [new[number] for number in range(len(several))]


def sealed_row(context: Context, delivery: RawDelivery) -> dict[str, Any]:
    """The row of a delivery that has not been interpreted yet."""
    source, delivery_id = delivery.source[:_LONGEST_SOURCE], _storable_id(delivery.delivery_id)
    # A lone surrogate cannot be stored as UTF-8.
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
    """The id itself, or its hash where it is too long or not printable."""
    if 0 < len(text) <= _LONGEST_ID and text.isprintable():
        return text
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


#: Clocks differ; an event whose moment is later than this after its arrival has not happened yet.
AHEAD = timedelta(minutes=5)
_LONGEST_REASON = 40


@dataclass(frozen=True)
class Interpretation:
    """What one delivery turned out to be. `due_at`: when it is to be interpreted again."""

    id: UUID
    state: DeliveryState
    reason: str | None = None
    event: CallEvent | ExchangeRestart | None = None
    due_at: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """The columns that `repository.mark` writes."""
        return {
            "id": self.id,
            "state": self.state,
            "reason": self.reason,
            "call_id": self.event.call_id if isinstance(self.event, CallEvent) else None,
            "occurred_at": None if self.event is None else self.event.occurred_at,
            "due_at": self.due_at,
        }


def text_of(context: Context, row: DeliveryRow) -> str:
    """The delivery as it came. Raises SealBrokenError when its key is gone."""
    return vault_of(context).ring.open(row.sealed, delivery_context(row.source, row.delivery_id))


def interpret(context: Context, row: DeliveryRow) -> Interpretation:
    """Interpret one delivery. Never raises: one that cannot be read must not delay the others."""
    try:
        event = event_of(context, row)
    except Uninterpretable as error:
        return Interpretation(row.id, DeliveryState.SET_ASIDE, error.reason[:_LONGEST_REASON])
    except Exception as error:
        # The type only: an error's text may quote what was sent.
        log.warning("not interpreted", form=row.form, delivery=str(row.id), error=type(error).__name__)
        return Interpretation(row.id, DeliveryState.SET_ASIDE, FAILED)
    if event is None:
        return Interpretation(row.id, DeliveryState.NO_EVENT)
    if event.occurred_at > max(row.received_at + AHEAD, context.clock.now()):
        return Interpretation(row.id, DeliveryState.SET_ASIDE, FUTURE, due_at=event.occurred_at)
    state = DeliveryState.EVENT if isinstance(event, CallEvent) else DeliveryState.RESTART
    return Interpretation(row.id, state, event=event)


def event_of(context: Context, row: DeliveryRow) -> CallEvent | ExchangeRestart | None:
    """The delivery's event, by its form. Raises Uninterpretable, also for a form that is gone."""
    forms: Mapping[str, Form] = context.state.forms
    form = forms.get(row.form)
    if form is None:
        raise Uninterpretable("unknown-form")
    delivery = RawDelivery(row.source, row.delivery_id, row.form, text_of(context, row))
    return form.interpret(delivery, row.received_at)
