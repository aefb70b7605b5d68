"""Who sits at which phone: an agent of an exchange is a person only as long as somebody says so.

People change desks, so a seat has a beginning and an end, and a call belongs to whoever sat there when it was
answered. Nobody sits at two phones, and nobody at a phone where somebody else sits down.
"""

from collections.abc import Iterable
from datetime import datetime

from services.intake.models import PhoneSeat


class Seats:
    """Some people's stays at the phones of one exchange."""

    def __init__(self, seats: Iterable[PhoneSeat]) -> None:
        self._seats = tuple(seats)

    def subject_at(self, agent: str | None, moment: datetime) -> str | None:
        """Who sat at the agent's phone at that moment; None when nobody said so."""
        for seat in self._seats:
            if seat.agent == agent and seat.since <= moment and (seat.until is None or moment < seat.until):
                return seat.subject
        return None


NO_SEATS = Seats(())
