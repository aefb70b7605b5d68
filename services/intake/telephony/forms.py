"""What a telephone system's form must do, so that one endpoint can receive all of them.

A form is a small class: it checks that a request comes from the exchange, cuts it into deliveries, and later,
once these are stored, says what each of them means. docs/telephony.md shows how to add one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.intake.telephony.canonical import CallEvent, ExchangeRestart


@dataclass(frozen=True)
class ExchangeRequest:
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
class FormAnswer:
    """The body of the answer that an exchange expects, where that is not our receipt."""

    text: str
    media_type: str


@dataclass(frozen=True)
class RawDelivery:
    """One delivery, as it is stored before the exchange is answered.

    `(source, delivery_id)` identifies it for ever; a form without ids of its own uses a hash of the content.
    `text` is all that `interpret` gets, now or after a fix.
    """

    source: str
    delivery_id: str
    form: str
    text: str


class Uninterpretable(ValueError):
    """A delivery that cannot be understood yet. `reason` is a short code that is counted and listed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Form(Protocol):
    """One vendor's form of reporting calls."""

    @property
    def name(self) -> str:
        """The `<form>` in `/v1/telephony/<form>`."""
        ...

    def admit(self, request: ExchangeRequest) -> None:
        """Return when the request comes from the exchange. Raises BadSignature or Unauthenticated."""
        ...

    def deliveries(self, request: ExchangeRequest) -> Sequence[RawDelivery]:
        """Cut the request into deliveries. Never raises: what cannot be read is stored all the same."""
        ...

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """Return the delivery's event; None when it says nothing about a call. Raises Uninterpretable.

        The result may depend on nothing but `delivery` and `received_at`: stored deliveries are interpreted
        again whenever their call is derived.
        """
        ...

    def answer(self, request: ExchangeRequest) -> FormAnswer | None:
        """What the exchange expects as the answer once its deliveries are stored; None for the receipt."""
        ...
