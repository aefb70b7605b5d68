"""Which questions are put when facts are missing, and what is settled without a question."""

import pytest

from shared.vocabulary import Unit
from tests.triage.triaging import clocks, place, questions, triage


def test_there_is_no_question_that_would_not_change_the_answer() -> None:
    answer = triage("home_training", in_municipality=True)
    assert (place(answer), questions(answer)) == ("unit:family-house-training-team", [])


def test_support_at_home_asks_municipality_then_age_then_district() -> None:
    answer = triage("support_at_home")
    assert place(answer) == "ask:reception"
    assert questions(answer) == ["in_municipality", "age", "district"]
    assert answer.questions[1].text == "Hvor gammel er borgeren?"


def test_the_district_of_an_adult_is_no_question() -> None:
    assert questions(triage("support_at_home", age=40)) == ["in_municipality"]


def test_a_postcode_wholly_inside_answers_the_municipality() -> None:
    assert questions(triage("support_at_home", postal_code="2400")) == ["age", "district"]


def test_an_unambiguous_postcode_answers_the_district_too() -> None:
    assert questions(triage("support_at_home", postal_code="2300")) == ["age"]


def test_a_postcode_outside_never_turns_a_citizen_away() -> None:
    assert questions(triage("debt", age=40, postal_code="2000")) == ["in_municipality"]


def test_an_unknown_application_counts_as_none_in_row_19_and_is_a_question_in_row_20() -> None:
    assert questions(triage("debt", age=40, district=1)) == []
    assert questions(triage("existing_case", age=40, district=1)) == ["applies_for_measure"]


def test_age_is_a_question_when_only_some_ages_have_an_offer() -> None:
    assert questions(triage("self_harm", district=1)) == ["age"]
    assert questions(triage("autism", district=1)) == []


def test_a_notification_asks_for_the_childs_district_not_for_the_citizens_age() -> None:
    answer = triage("child_concern", district=3)
    assert questions(answer) == ["child_district"]


def test_a_notification_whose_district_is_open_runs_its_clock_all_the_same() -> None:
    answer = triage("child_concern", age=44, suspected_parental_abuse=True)
    assert place(answer) == "ask:reception"
    assert answer.urgency == "day"
    assert clocks(answer) == ["notification_assessment", "notification_receipt"]
    assert answer.warnings == ("do_not_inform_parents", "talk_with_child_alone")


def test_a_child_at_risk_with_unknown_age_has_the_clock_whether_or_not_it_is_the_citizen() -> None:
    answer = triage("debt", child_at_risk=True, district=3)
    assert questions(answer) == ["age"]
    assert (answer.urgency, clocks(answer)) == ("day", ["notification_assessment", "notification_receipt"])
    assert answer.companions == ()


def test_the_clock_runs_even_where_the_destination_is_settled_before_the_child_is_known() -> None:
    answer = triage("debt", child_at_risk=True, in_municipality=False)
    assert place(answer) == "other_authority:reception"
    assert (answer.urgency, clocks(answer)) == ("day", ["notification_assessment", "notification_receipt"])


def test_an_ask_for_age_has_no_urgency_that_only_a_child_would_have() -> None:
    assert triage("homelessness", district=3).urgency == "normal"


def test_a_fact_that_cannot_be_known_is_no_question_and_the_reception_takes_the_contact() -> None:
    answer = triage("support_at_home", district=3, cannot_be_known=["age"])
    assert (place(answer), questions(answer)) == ("unit:reception", [])
    assert "ikke kan oplyses" in answer.reasons[0].text


def test_a_notification_of_an_unknown_place_keeps_its_clock_at_the_reception() -> None:
    answer = triage("child_concern", cannot_be_known=["child_district"])
    assert (place(answer), answer.urgency) == ("unit:reception", "day")
    assert "notification_assessment" in clocks(answer)


def test_what_cannot_be_known_does_not_matter_when_every_value_leads_to_one_place() -> None:
    assert place(triage("home_training", in_municipality=True, cannot_be_known=["age"])) == (
        "unit:family-house-training-team"
    )


def test_another_fact_is_a_question_when_it_may_settle_what_cannot_be_known() -> None:
    answer = triage("support_at_home", cannot_be_known=["age", "district"])
    assert questions(answer) == ["in_municipality"]


def test_a_district_is_no_question_when_an_unknowable_age_leaves_the_answer_open_anyway() -> None:
    answer = triage("support_at_home", in_municipality=True, cannot_be_known=["age"])
    assert (place(answer), questions(answer)) == ("unit:reception", [])


@pytest.mark.parametrize("unit", [None, Unit.HKY])
def test_the_unit_that_has_the_case_is_no_question(unit: Unit | None) -> None:
    answer = triage("complaint", in_municipality=True, existing_case_unit=unit)
    assert place(answer) == f"unit:{unit or 'reception'}"
