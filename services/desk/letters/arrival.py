"""The form for a letter: when it reached the city, and what it says."""

from datetime import UTC, datetime, time
from typing import Any

from services.desk.form import Form
from shared.clock import COPENHAGEN
from shared.vocabulary import Channel

MOST_SUMMARY = 4000
#: Who writes (intake's ContactPerson).
RELATIONS = ("self", "parent", "relative", "professional", "other")


def read_letter(form: Form, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """The body of a new contact for intake, and the faults by field (keys of texts)."""
    faults: dict[str, str] = {}
    received_at = _received_at(form, now, faults)
    summary = form.text("summary") or ""
    if len(summary) > MOST_SUMMARY:
        faults["summary"] = "too_long"
    name, relation = form.text("contact_name"), form.text("relation")
    person = {"name": name} if name else {}
    if relation in RELATIONS:
        person["relation"] = relation
    letter = {"channel": Channel.WRITTEN, "summary": summary, "contact_person": person}
    return letter | {"received_at": received_at}, faults


def _received_at(form: Form, now: datetime, faults: dict[str, str]) -> str | None:
    """The moment as text; without a time of day the day's beginning, so that no deadline ends too late."""
    day, hour = form.text("received_on"), form.text("received_time")
    try:
        date = datetime.fromisoformat(day or "").date()
    except ValueError:
        faults["received_on"] = "no_day"
        return None
    try:
        at = time.fromisoformat(hour) if hour else time()
    except ValueError:
        faults["received_time"] = "no_time"
        return None
    moment = datetime.combine(date, at.replace(tzinfo=None), COPENHAGEN)
    if not 1990 <= date.year < 2200:
        faults["received_on"] = "no_day"
    elif moment > now:
        faults["received_on"] = "in_future"
    return moment.astimezone(UTC).isoformat() if not faults else None
