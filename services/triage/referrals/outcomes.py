"""Counting what became of the referrals to an offer: did they come, and did they have to come back?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.triage.models import Referral

Came = Literal["yes", "no", "unknown"]

#: A citizen who is in contact again with the same need within this time was not helped by the offer.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class LaterContact:
    """A later contact of the citizen who was referred."""

    referral_id: UUID
    received_at: datetime
    needs: frozenset[str]


@dataclass(frozen=True)
class Outcomes:
    """Counts of an offer's referrals; the last four add up to `referred`.

    `not_known_yet`: the 30 days are not over; `cannot_be_known`: the contact was without a personal number.
    """

    referred: int
    came: int
    did_not_come: int
    unknown: int
    came_back: int
    did_not_come_back: int
    not_known_yet: int
    cannot_be_known: int


def count_outcomes(
    referrals: Iterable[tuple[Referral, bool]], later: Iterable[LaterContact], now: datetime
) -> Outcomes:
    """Count the referrals, each with whether it is known whose contact it was."""
    contacts: dict[UUID, list[LaterContact]] = {}
    for contact in later:
        contacts.setdefault(contact.referral_id, []).append(contact)
    counts: Counter[str] = Counter()
    for referral, known in referrals:
        counts["referred"] += 1
        counts[f"came: {referral.came}"] += 1
        counts[_return_of(referral, known, contacts.get(referral.id, []), now)] += 1
    return Outcomes(
        referred=counts["referred"],
        came=counts["came: yes"],
        did_not_come=counts["came: no"],
        unknown=counts["came: unknown"],
        came_back=counts["came_back"],
        did_not_come_back=counts["did_not_come_back"],
        not_known_yet=counts["not_known_yet"],
        cannot_be_known=counts["cannot_be_known"],
    )


def _return_of(referral: Referral, known: bool, later: Sequence[LaterContact], now: datetime) -> str:
    if not known:
        return "cannot_be_known"
    until, needs = referral.referred_at + SOON, set(referral.needs)
    if any(contact.received_at <= until and contact.needs & needs for contact in later):
        return "came_back"
    return "not_known_yet" if now < until else "did_not_come_back"
