"""The deadlines of a contact: over weekends, holidays and the nights when the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from services.triage.recommendations.schemas import Recommendation
from services.triage.rules.clocks import ClockRule
from shared.clock import COPENHAGEN
from shared.contracts import Clock
from tests.triage.triaging import triage


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=COPENHAGEN).astimezone(UTC)  # type: ignore[misc,arg-type]  # a short form


def clock(recommendation: Recommendation, rule: str) -> Clock:
    return next(clock for clock in recommendation.clocks if clock.rule == rule)


def notification(received_at: datetime) -> Recommendation:
    return triage("child_concern", child_district=3, received_at=received_at)


@pytest.mark.parametrize(
    "received_at",
    [
        local(2026, 1, 16, 15, 0),  # Friday afternoon, due on a Saturday
        local(2026, 4, 2, 10, 0),  # Maundy Thursday, due on Good Friday
        local(2026, 3, 28, 12, 0),  # the night summer time begins
        local(2026, 10, 24, 12, 0),  # the night it ends
    ],
)
def test_twenty_four_hours_are_twenty_four_hours_whatever_the_calendar_says(received_at: datetime) -> None:
    assessment = clock(notification(received_at), "notification_assessment")
    assert assessment.starts_at == received_at
    assert assessment.due_at - assessment.starts_at == timedelta(hours=24)
    assert assessment.paused_when_closed is False
    assert assessment.legal_basis == "barnets lov § 136"


def test_the_wall_clock_of_the_deadline_moves_with_summer_time() -> None:
    spring = clock(notification(local(2026, 3, 28, 12, 0)), "notification_assessment")
    autumn = clock(notification(local(2026, 10, 24, 12, 0)), "notification_assessment")
    assert spring.due_at == local(2026, 3, 29, 13, 0)
    assert autumn.due_at == local(2026, 10, 25, 11, 0)


@pytest.mark.parametrize(
    ("received_at", "due_at"),
    [
        (local(2026, 1, 15, 10, 0), local(2026, 1, 22, 23, 59, 59)),  # over a weekend: Saturday counts
        (local(2026, 4, 1, 10, 0), local(2026, 4, 11, 23, 59, 59)),  # over Easter: only its Saturday counts
        (
            local(2026, 3, 26, 10, 0),
            local(2026, 4, 4, 23, 59, 59),
        ),  # over summer time to the Saturday of Easter
        (local(2026, 10, 22, 10, 0), local(2026, 10, 29, 23, 59, 59)),  # over the end of summer time
    ],
)
def test_a_notification_is_confirmed_within_six_working_days(received_at: datetime, due_at: datetime) -> None:
    receipt = clock(notification(received_at), "notification_receipt")
    assert receipt.due_at == due_at
    assert receipt.paused_when_closed is True


@pytest.mark.parametrize(
    ("received_at", "due_at"),
    [
        (local(2026, 1, 15, 10, 0), local(2026, 1, 26, 23, 59, 59)),
        (local(2026, 4, 1, 10, 0), local(2026, 4, 15, 23, 59, 59)),
        (local(2026, 3, 26, 10, 0), local(2026, 4, 9, 23, 59, 59)),
        (local(2026, 10, 22, 10, 0), local(2026, 11, 2, 23, 59, 59)),
    ],
)
def test_file_access_takes_at_most_seven_working_days_without_saturdays(
    received_at: datetime, due_at: datetime
) -> None:
    answer = triage("file_access", in_municipality=True, received_at=received_at)
    assert clock(answer, "file_access").due_at == due_at


@pytest.mark.parametrize(
    ("received_at", "due_at"),
    [
        (local(2026, 1, 15, 10, 0), local(2026, 1, 29, 10, 0)),
        (local(2026, 3, 27, 10, 0), local(2026, 4, 10, 10, 0)),  # over summer time and Easter
        (local(2026, 10, 20, 10, 0), local(2026, 11, 3, 10, 0)),
    ],
)
@pytest.mark.parametrize("need", ["drug_treatment", "alcohol_treatment"])
def test_treatment_begins_within_fourteen_calendar_days_by_the_wall_clock(
    received_at: datetime, due_at: datetime, need: str
) -> None:
    treatment = clock(triage(need, age=40, district=1, received_at=received_at), need)
    assert treatment.due_at == due_at
    assert treatment.paused_when_closed is False


def test_a_clock_rule_has_exactly_one_length() -> None:
    for lengths in ({}, {"hours": 24, "working_days": 1}):
        with pytest.raises(ValueError, match="exactly one"):
            ClockRule.model_validate({"legal_basis": "barnets lov § 136", **lengths})


@pytest.mark.parametrize("length", ["hours", "calendar_days", "working_days"])
def test_a_clock_rule_is_at_least_one_long(length: str) -> None:
    received_at = local(2026, 1, 15, 10, 0)
    rule = ClockRule.model_validate({"legal_basis": "barnets lov § 136", length: 1})
    assert rule.due(received_at) > received_at
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        ClockRule.model_validate({"legal_basis": "barnets lov § 136", length: 0})


def test_saturdays_count_only_where_the_rule_says_so() -> None:
    friday = local(2026, 1, 16, 10, 0)
    rule = ClockRule(working_days=1, legal_basis="forvaltningsloven § 16")
    assert rule.due(friday) == local(2026, 1, 19, 23, 59, 59)
    assert rule.model_copy(update={"saturdays": True}).due(friday) == local(2026, 1, 17, 23, 59, 59)
