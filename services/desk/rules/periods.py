"""A period of a form, given by its first and its last day, both included."""

from datetime import date, datetime, time, timedelta

from shared.clock import COPENHAGEN


def period_of(first: str | None, last: str | None) -> dict[str, str]:
    """`from` and `to` as triage takes them; a missing end is left out. Raises ValueError."""
    ends = {"from": _midnight(first, 0), "to": _midnight(last, 1)}
    return {name: moment for name, moment in ends.items() if moment is not None}


def _midnight(day: str | None, later: int) -> str | None:
    """The beginning of the day in Copenhagen, or of one so many days later."""
    if not day:
        return None
    try:
        begins = date.fromisoformat(day) + timedelta(days=later)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None
    return datetime.combine(begins, time(), COPENHAGEN).isoformat()
