"""The clocks of the rule set in force, held against a second calendar from the first minute of 2020 to 2050."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from services.triage.rules.ruleset import load_rulesets
from tests import second_calendar as second

FIRST, END = second.minute_of(date(2020, 1, 1)), second.minute_of(date(2050, 1, 1))
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

#: What domain.md § 6 and triage-policy.md C say of each clock.
BY_THE_TEXT: dict[str, Callable[[int], int]] = {
    "notification_assessment": lambda at: second.after_hours(at, 24),
    "notification_receipt": lambda at: second.after_working_days(at, 6, saturdays=True),
    "alcohol_treatment": lambda at: second.after_days(at, 14),
    "drug_treatment": lambda at: second.after_days(at, 14),
    "file_access": lambda at: second.after_working_days(at, 7, saturdays=False),
    "data_access": lambda at: second.after_months(at, 1),
    "complaint_review": lambda at: second.after_days(at, 28),
}


def differences(minutes: Iterable[int]) -> list[str]:
    """Each clock that is due at another minute than the second calendar says, at these minutes of receipt."""
    clocks = load_rulesets()[-1].clocks
    found = []
    for minute in minutes:
        received_at = _EPOCH + timedelta(minutes=minute)
        for rule, expected in BY_THE_TEXT.items():
            due = (clocks[rule].due(received_at) - _EPOCH) // timedelta(minutes=1)
            if due != expected(minute):
                found.append(f"{rule} from {received_at.isoformat()}: {due - expected(minute):+} minutes")
    return found
