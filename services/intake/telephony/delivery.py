"""One delivery of an exchange: what came, and what it means."""

from dataclasses import dataclass

from services.intake.telephony.canonical import CallEvent, ExchangeRestart


@dataclass(frozen=True)
class Delivery:
    """`event` is None for what means nothing to us; it is kept as it came all the same."""

    source: str
    delivery_id: str
    raw: str
    event: CallEvent | ExchangeRestart | None


def canonical_delivery(event: CallEvent) -> Delivery:
    """A delivery that came in canonical form."""
    return Delivery(event.source, event.delivery_id, "", event)
