"""Opening hours that the routing tests share, and moments written in Copenhagen's time."""

from datetime import UTC, datetime

from services.routing.opening_hours.hours import OpeningHours
from shared.clock import COPENHAGEN


def local(text: str, fold: int = 0) -> datetime:
    """`"2026-12-23 14:30"` in Copenhagen, as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN, fold=fold).astimezone(UTC)


#: The hours of an ordinary Danish office: closed at lunch, late on Thursdays, short on Fridays.
OFFICE = OpeningHours.model_validate(
    {
        "weeks": [
            {
                "valid_from": "2025-11-01",
                "monday": ["09:00-12:00", "12:30-15:00"],
                "tuesday": ["09:00-12:00", "12:30-15:00"],
                "wednesday": ["09:00-12:00", "12:30-15:00"],
                "thursday": ["09:00-12:00", "12:30-17:00"],
                "friday": ["09:00-13:00"],
            }
        ],
        "closing_days": {"12-24": "Juleaftensdag", "12-31": "Nytårsaftensdag", "06-05": "Grundlovsdag"},
        "days": {"2026-11-27": ["10:00-11:00"], "2026-11-30": []},
    }
)
