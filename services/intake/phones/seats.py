"""Who had which phone when: an exchange's agent is a person only while a user has taken that agent's phone.

People change desks, so a seat has a beginning and an end, and a call belongs to the user who had the phone
when it was answered. A user has one phone at a time, and a phone one user.
"""

from collections.abc import Iterable
from datetime import datetime

from services.intake.models import PhoneSeat


class Seats:
    """Who had the phones of one exchange, and when."""

    def __init__(self, seats: Iterable[PhoneSeat]) -> None:
        self._seats = tuple(seats)

    def subject_at(self, agent: str | None, moment: datetime) -> str | None:
        """The user who had the agent's phone at that moment; None when no user had taken it."""
        for seat in self._seats:
            if seat.agent == agent and seat.since <= moment and (seat.until is None or moment < seat.until):
                return seat.subject
        return None


NO_SEATS = Seats(())
