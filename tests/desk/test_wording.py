"""Durations, moments and shares as people read them."""

from datetime import UTC, datetime

import pytest

from services.desk.wording import clock_text, share_text, wait_text

TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "under 1 min."),
        (29, "under 1 min."),
        (60, "1 min."),
        (59 * 60, "59 min."),
        (3600, "1 t."),
        (3 * 3600 + 600, "3 t. 10 min."),
        (47 * 3600, "47 t."),
        (72 * 3600, "3 dage"),
    ],
)
def test_a_wait_is_written_as_one_would_say_it(seconds: float | None, text: str) -> None:
    assert wait_text(seconds) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, "–"),
        ("2026-03-10T11:30:00Z", "kl. 12.30"),
        ("2026-03-11T08:00:00+00:00", "ons. kl. 09.00"),
        ("2026-03-30T07:00:00+00:00", "30.3.2026 kl. 09.00"),
        ("2026-03-09T08:00:00+00:00", "9.3.2026 kl. 09.00"),
    ],
)
def test_a_moment_is_written_in_copenhagen_time(moment: str | None, text: str) -> None:
    assert clock_text(datetime.fromisoformat(moment) if moment else None, TUESDAY) == text


def test_a_share_is_a_percentage() -> None:
    assert share_text(0.835) == "84 %"
    assert share_text(None) == "–"
