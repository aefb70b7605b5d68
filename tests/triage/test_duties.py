"""What is owed, duty by duty, whatever row decided (triage-policy.md, C and F)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.triage.rules.clocks import ClockRule
from shared.contracts import Clock
from shared.vocabulary import Channel, Need
from tests.triage.triaging import THURSDAY, clocks, owed, perhaps_owed, place, triage

NOTIFICATION = ["notification_assessment", "notification_receipt"]


def due(rule: str, answer: Any) -> datetime:
    clock: Clock = next(clock for clock in answer.clocks if clock.rule == rule)
    assert clock.starts_at == THURSDAY
    return clock.due_at


@pytest.mark.parametrize(
    ("needs", "facts", "duty"),
    [
        (["child_concern"], {}, "notification"),
        (["debt"], {"age": 12, "child_at_risk": True}, "notification"),
        (["debt"], {"child_at_risk": True}, "notification"),
        (["debt"], {"age": 12, "suspected_parental_abuse": True}, "parental_abuse"),
        (["child_concern"], {"measures_running": True}, "measures_running"),
        (["debt"], {"age": 70, "honour_related": True}, "honour"),
        (["shelter"], {"age": 9, "in_municipality": False}, "safe_place_tonight"),
        (["debt"], {"acute_danger": True}, "danger"),
        (["alcohol_treatment"], {}, "alcohol"),
        (["drug_treatment"], {"age": 15}, "drugs"),
        (["alcohol_treatment"], {"anonymous": True}, "anonymity"),
        (["drug_treatment"], {"anonymous": True}, "anonymity"),
        (["crisis_centre"], {"anonymous": True}, "anonymity"),
        (["file_access"], {}, "file_access"),
        (["data_access"], {}, "data_access"),
        (["complaint"], {}, "complaint"),
        (["lost_earnings"], {}, "application"),
        (["debt"], {"applies_for_measure": True}, "application"),
        (["autism"], {"age": 16}, "transition"),
    ],
)
def test_each_duty_holds(needs: list[str], facts: dict[str, Any], duty: str) -> None:
    answer = triage(*needs, **facts)
    assert duty in owed(answer)
    (reason,) = [reason for reason in answer.reasons if reason.rule == f"C:{duty}"]
    assert reason.text == next(one.text for one in answer.duties if one.code == duty)


@pytest.mark.parametrize(
    ("needs", "facts", "duty"),
    [
        (["debt"], {"age": 40, "child_at_risk": True}, "notification"),
        (["child_concern", "debt"], {"age": 40}, "notification"),
        (["debt"], {"age": 40, "suspected_parental_abuse": True}, "parental_abuse"),
        (["debt"], {"measures_running": True}, "measures_running"),
        (["shelter"], {"age": 18, "in_municipality": False}, "safe_place_tonight"),
        (["shelter"], {"anonymous": True}, "anonymity"),
        (["lost_earnings"], {"applies_for_measure": False}, "application"),
        (["complaint", "file_access", "data_access"], {"applies_for_measure": True}, "application"),
        (["autism"], {"age": 18}, "transition"),
        (["debt"], {"age": 16}, "transition"),
    ],
)
def test_each_duty_ends_where_the_law_does(needs: list[str], facts: dict[str, Any], duty: str) -> None:
    assert duty not in [one.code for one in triage(*needs, **facts).duties]


@pytest.mark.parametrize(
    ("needs", "facts", "duty"),
    [
        (["autism"], {}, "transition"),
        (["debt"], {}, "application"),
        (["crisis_centre"], {}, "notification"),
        (["homelessness"], {"age": 12}, "safe_place_tonight"),
    ],
)
def test_a_duty_that_depends_on_a_missing_fact_may_hold_and_does_not_run(
    needs: list[str], facts: dict[str, Any], duty: str
) -> None:
    answer = triage(*needs, **facts)
    assert duty in perhaps_owed(answer)
    possible = next(one for one in answer.duties if one.code == duty)
    assert not {clock.rule for clock in possible.clocks} & set(clocks(answer)) - set(NOTIFICATION)
    assert not [reason for reason in answer.reasons if reason.rule == f"C:{duty}"]


def test_everything_that_holds_applies_and_the_highest_urgency_counts() -> None:
    answer = triage("drug_treatment", "file_access", "complaint", age=40, district=1, honour_related=True)
    assert place(answer) == "unit:reception"
    assert clocks(answer) == ["drug_treatment", "file_access", "complaint_review"]
    assert (answer.urgency, answer.warnings) == ("prompt", ("risk_assessment_first",))
    danger = triage("drug_treatment", age=40, acute_danger=True)
    assert (danger.urgency, clocks(danger)) == ("acute", ["drug_treatment"])


def test_what_is_owed_does_not_wait_for_an_answer() -> None:
    answer = triage("drug_treatment")
    assert (place(answer), clocks(answer), answer.urgency) == ("ask:reception", ["drug_treatment"], "prompt")


@pytest.mark.parametrize("channel", Channel)
def test_the_channel_changes_nothing_that_is_owed(channel: Channel) -> None:
    assert clocks(triage("child_concern", channel=channel)) == NOTIFICATION


def test_a_month_and_four_weeks_are_counted_by_the_calendar() -> None:
    assert due("data_access", triage("data_access")) == datetime(2026, 2, 15, 9, tzinfo=UTC)
    assert due("complaint_review", triage("complaint")) == datetime(2026, 2, 12, 9, tzinfo=UTC)
    month = ClockRule(months=1, legal_basis="GDPR art. 12(3)")
    assert month.due(datetime(2026, 1, 31, 9, tzinfo=UTC)) == datetime(2026, 2, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own", "longest", "within"),
    [
        ({"hours": 24}, {"hours": 24}, True),
        ({"hours": 25}, {"hours": 24}, False),
        ({"calendar_days": 1}, {"hours": 24}, False),
        ({"working_days": 7}, {"working_days": 7}, True),
        ({"working_days": 6}, {"working_days": 6, "saturdays": True}, False),
        ({"working_days": 7, "saturdays": True}, {"working_days": 7}, True),
        ({"weeks": 3}, {"weeks": 4}, True),
        ({"months": 2}, {"months": 1}, False),
    ],
)
def test_a_clock_is_within_another_of_its_kind(
    own: dict[str, Any], longest: dict[str, Any], within: bool
) -> None:
    one, most = (ClockRule(legal_basis="x", **length) for length in (own, longest))
    assert one.within(most) is within


@pytest.mark.parametrize("need", Need)
def test_every_need_that_is_applied_for_is_an_application_but_four(need: Need) -> None:
    apart = {Need.CHILD_CONCERN, Need.FILE_ACCESS, Need.DATA_ACCESS, Need.COMPLAINT}
    assert ("application" in owed(triage(need, applies_for_measure=True))) == (need not in apart)


def test_home_care_is_our_application_only_while_it_is_ours() -> None:
    june = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert "application" in owed(triage("personal_care"))
    assert "application" not in owed(triage("personal_care", received_at=june))
