"""What a stored delivery means: asked anew of its form whenever it matters, never kept as truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.intake.delivery_store.states import FAILED, FUTURE, DeliveryState
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import Form, RawDelivery, Uninterpretable
from services.intake.vault import delivery_context, vault_of
from shared.unit_of_work import Context

#: Clocks differ; what is told of a later moment than this from its arrival has not happened yet.
AHEAD = timedelta(minutes=5)
_LONGEST_REASON = 40

log = structlog.get_logger("reading")


@dataclass(frozen=True)
class Reading:
    """What one delivery was found to be. `due_at`: when it is worth reading again."""

    id: UUID
    state: DeliveryState
    reason: str | None = None
    event: CallEvent | ExchangeRestart | None = None
    due_at: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """The reading as `delivery_repository.mark` takes it."""
        return {
            "id": self.id,
            "state": self.state,
            "reason": self.reason,
            "call_id": self.event.call_id if isinstance(self.event, CallEvent) else None,
            "occurred_at": None if self.event is None else self.event.occurred_at,
            "due_at": self.due_at,
        }


def text_of(context: Context, row: Row[Any]) -> str:
    """What came, as it came. Raises SealBrokenError when its key is gone."""
    return vault_of(context).ring.open(row.sealed, delivery_context(row.source, row.delivery_id))


def read(context: Context, row: Row[Any]) -> Reading:
    """Interpret one delivery. Never raises: one that cannot be read must not keep the others waiting."""
    try:
        event = interpreted(context, row)
    except Uninterpretable as error:
        return Reading(row.id, DeliveryState.SET_ASIDE, error.reason[:_LONGEST_REASON])
    except Exception as error:
        # The type only: an error's text may quote what was sent.
        log.warning("not interpreted", form=row.form, delivery=str(row.id), error=type(error).__name__)
        return Reading(row.id, DeliveryState.SET_ASIDE, FAILED)
    if event is None:
        return Reading(row.id, DeliveryState.NO_NEWS)
    if event.occurred_at > max(row.received_at + AHEAD, context.clock.now()):
        return Reading(row.id, DeliveryState.SET_ASIDE, FUTURE, due_at=event.occurred_at)
    state = DeliveryState.EVENT if isinstance(event, CallEvent) else DeliveryState.RESTART
    return Reading(row.id, state, event=event)


def interpreted(context: Context, row: Row[Any]) -> CallEvent | ExchangeRestart | None:
    """What the delivery's form says of it. Raises Uninterpretable, also for a form that is gone."""
    forms: Mapping[str, Form] = context.state.forms
    form = forms.get(row.form)
    if form is None:
        raise Uninterpretable("unknown-form")
    delivery = RawDelivery(row.source, row.delivery_id, row.form, text_of(context, row))
    return form.interpret(delivery, row.received_at)
