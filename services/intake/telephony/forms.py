"""What every exchange's own form must be able to do, so that one door serves them all.

A form is small: it lets in who proves to be the exchange, cuts a request into deliveries, and later, once
these are stored, says what each of them means. docs/telephony.md shows how to add one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fastapi import Response

from services.intake.telephony.canonical import CallEvent, ExchangeRestart


@dataclass(frozen=True)
class Incoming:
    """A request of an exchange, as it came. `url` is the public one, with its query, as the exchange sees it.

    `tail` is what follows `/v1/telephony/<form>/`; header names are in lower case; `source` is the
    exchange's name, where there are several of one form.
    """

    method: str
    url: str
    tail: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    source: str


@dataclass(frozen=True)
class RawDelivery:
    """One delivery, as it is stored before the exchange is answered.

    `(source, delivery_id)` names it for ever; a form without ids of its own gives the hash of the content.
    `text` is all that `interpret` will have to go on, today or after a fix.
    """

    source: str
    delivery_id: str
    form: str
    text: str


class Uninterpretable(ValueError):
    """A delivery that means nothing to us yet. `reason` is a short code that is counted and shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Form(Protocol):
    """One vendor's form of telling about calls."""

    @property
    def name(self) -> str:
        """The `<form>` in `/v1/telephony/<form>`."""
        ...

    def admit(self, incoming: Incoming) -> None:
        """Return when it proves to come from the exchange. Raises BadSignature or Unauthenticated."""
        ...

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        """The request, cut into deliveries. Never raises: what cannot be read is a delivery all the same."""
        ...

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """What the delivery means; None for what is no news about a call. Raises Uninterpretable.

        Nothing but `delivery` and `received_at` may decide: it is asked again whenever a call is derived.
        """
        ...

    def answer(self, incoming: Incoming) -> Response | None:
        """What the exchange wants to hear once its delivery is stored; None for the usual receipt."""
        ...
