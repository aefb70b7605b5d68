"""Rule set 2, row by row (triage-policy.md, B)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.vocabulary import Channel
from tests.triage.triaging import THURSDAY_2025, clocks, fired, offers, place, questions, triage

AREA_OF_NOERREBRO = "unit:children-noerrebro-bispebjerg"


def test_row_1_danger_to_life_is_an_emergency_whatever_else_is_known() -> None:
    answer = triage("debt", acute_danger=True, in_municipality=False)
    assert (place(answer), answer.urgency, fired(answer)) == ("emergency:reception", "acute", ["1"])
    assert "112" in answer.reasons[0].text


def test_row_1_asks_nothing_while_there_is_danger() -> None:
    assert questions(triage("support_at_home", acute_danger=True)) == []


def test_row_1_a_notification_does_not_end_with_the_emergency_call_though_the_citizen_is_the_child() -> None:
    answer = triage(
        "advice", acute_danger=True, child_at_risk=True, age=9, district=3, suspected_parental_abuse=True
    )
    abuse = ("do_not_inform_parents", "talk_with_child_alone")
    assert (place(answer), answer.warnings) == ("emergency:reception", abuse)
    (companion,) = answer.companions
    child = companion.recommendation
    assert (place(child), child.urgency) == (AREA_OF_NOERREBRO, "day")
    assert clocks(child) == ["notification_assessment", "notification_receipt"]
    assert child.warnings == abuse
    assert "24 timer" in answer.reasons[1].text


def test_row_2_a_notification_goes_to_the_area_of_the_childs_district_within_a_day() -> None:
    answer = triage("child_concern", child_district=3, age=44)
    assert (place(answer), answer.urgency, fired(answer)) == (AREA_OF_NOERREBRO, "day", ["2"])
    assert clocks(answer) == ["notification_assessment", "notification_receipt"]
    assert answer.kle == "34.10.30"


def test_row_2_a_citizen_under_18_at_risk_is_the_child() -> None:
    answer = triage("mental_distress", child_at_risk=True, age=15, district=3)
    assert (place(answer), fired(answer)) == (AREA_OF_NOERREBRO, ["2"])
    assert answer.kle == "34.10.30"


def test_row_2_parents_suspected_of_abuse_are_not_informed_first() -> None:
    answer = triage("child_concern", child_district=3, suspected_parental_abuse=True)
    assert answer.warnings == ("do_not_inform_parents", "talk_with_child_alone")


def test_row_2_an_honour_related_concern_needs_a_risk_assessment_first() -> None:
    answer = triage("child_concern", child_district=3, honour_related=True)
    assert answer.warnings == ("risk_assessment_first",)


def test_row_2_a_child_elsewhere_goes_to_its_own_municipality_with_the_clock_running() -> None:
    answer = triage("child_concern", child_postal_code="2000")
    assert (place(answer), answer.urgency) == ("other_authority:reception", "day")
    assert "notification_assessment" in clocks(answer)


def test_row_2_a_child_citizen_of_another_municipality_goes_there_with_the_clock_running() -> None:
    answer = triage("child_concern", age=12, in_municipality=False)
    assert (place(answer), answer.urgency) == ("other_authority:reception", "day")
    assert "notification_assessment" in clocks(answer)


def test_row_3_an_adults_own_matter_is_decided_on_its_own_and_the_child_becomes_a_companion() -> None:
    answer = triage("debt", age=35, district=1, child_at_risk=True, child_district=9)
    assert place(answer) == "low_threshold:reception"
    assert clocks(answer) == []
    (companion,) = answer.companions
    assert place(companion.recommendation) == "unit:children-amager"
    assert fired(answer) == ["3", "19"]


@pytest.mark.parametrize(
    ("need", "offer"),
    [("crisis_centre", "Krisecenter"), ("shelter", "Herberg"), ("alcohol_treatment", "Alkoholbehandling")],
)
def test_row_4_self_referral_names_the_offer_at_once(need: str, offer: str) -> None:
    answer = triage(need, age=40)
    assert (place(answer), offers(answer), questions(answer)) == ("self_referral:reception", [offer], [])


def test_row_4_holds_for_people_from_other_municipalities() -> None:
    assert place(triage("shelter", in_municipality=False)) == "self_referral:reception"


def test_row_4_alcohol_treatment_has_fourteen_days() -> None:
    answer = triage("alcohol_treatment")
    assert (answer.urgency, clocks(answer)) == ("prompt", ["alcohol_treatment"])
    assert clocks(triage("shelter")) == []


def test_row_4_anonymous_alcohol_treatment_registers_no_identity() -> None:
    answer = triage("alcohol_treatment", anonymous=True)
    assert answer.warnings == ("no_identity_registration",)
    assert triage("shelter", anonymous=True).warnings == ()


def test_row_8_a_citizen_of_another_municipality_is_sent_home() -> None:
    assert place(triage("support_at_home", age=40, in_municipality=False)) == "other_authority:reception"


@pytest.mark.parametrize(
    ("channel", "word"),
    [(Channel.WRITTEN, "sendes videre"), (Channel.PHONE, "vejledes"), (Channel.WALK_IN, "vejledes")],
)
def test_row_8_a_letter_is_forwarded_and_a_caller_guided(channel: Channel, word: str) -> None:
    answer = triage("debt", in_municipality=False, channel=channel)
    assert word in answer.reasons[-1].text


@pytest.mark.parametrize(
    ("needs", "administration"),
    [
        (["income_support"], "BIF"),
        (["school_matter"], "BUF"),
        (["health_matter"], "SUF"),
        (["health_matter", "school_matter"], "BUF"),
        (["health_matter", "income_support", "school_matter"], "BIF"),
    ],
)
def test_row_9_other_administrations_in_a_stated_order(needs: list[str], administration: str) -> None:
    answer = triage(*needs, in_municipality=True)
    assert place(answer) == f"other_authority:reception:{administration}"
    named = {str(administration), *(str(other.administration) for other in answer.also)}
    assert named == {{"i": "BIF", "s": "BUF", "h": "SUF"}[need[0]] for need in needs}


@pytest.mark.parametrize(
    ("received_at", "age", "expected"),
    [
        (datetime(2026, 5, 31, 21, 59, tzinfo=UTC), 40, "unit:adults"),
        (datetime(2026, 5, 31, 21, 59, tzinfo=UTC), 25, "unit:youth"),
        (datetime(2026, 5, 31, 22, 0, tzinfo=UTC), 40, "other_authority:reception:SUF"),
        (datetime(2026, 5, 31, 22, 0, tzinfo=UTC), None, "other_authority:reception:SUF"),
        (datetime(2026, 5, 31, 21, 59, tzinfo=UTC), None, "ask:reception"),
    ],
)
def test_row_9_home_care_moves_to_the_health_administration_at_local_midnight(
    received_at: datetime, age: int | None, expected: str
) -> None:
    answer = triage("personal_care", district=1, age=age, received_at=received_at)
    assert place(answer) == expected


def test_row_5_file_access_goes_to_the_unit_with_the_case() -> None:
    answer = triage("file_access", in_municipality=True, existing_case_unit="hky")
    assert (place(answer), clocks(answer)) == ("unit:hky", ["file_access"])


def test_row_5_file_access_without_a_known_case_stays_at_the_reception_without_a_question() -> None:
    answer = triage("file_access", in_municipality=True)
    assert (place(answer), questions(answer)) == ("unit:reception", [])


def test_row_6_a_question_in_a_known_case_goes_to_that_unit() -> None:
    assert place(triage("existing_case", in_municipality=True, existing_case_unit="youth")) == "unit:youth"


def test_row_6_passes_on_when_the_unit_is_not_known() -> None:
    answer = triage("existing_case", "home_training", in_municipality=True)
    assert place(answer) == "unit:family-house-training-team"


def test_row_7_a_complaint_goes_to_the_unit_with_the_case_or_the_reception() -> None:
    assert place(triage("complaint", in_municipality=True, existing_case_unit="adults")) == "unit:adults"
    assert place(triage("complaint", in_municipality=True)) == "unit:reception"


@pytest.mark.parametrize("need", ["compensation_benefit", "lost_earnings"])
def test_row_10_disability_benefits_for_parents_go_to_hky(need: str) -> None:
    assert place(triage(need, in_municipality=True)) == "unit:hky"


def test_row_11_home_relief_administration_goes_to_the_centre_team() -> None:
    assert place(triage("home_relief_administration", in_municipality=True)) == "unit:centre-team"


def test_row_12_home_training_goes_to_the_family_house_and_training_team() -> None:
    assert place(triage("home_training", in_municipality=True)) == "unit:family-house-training-team"


def test_row_13_assistive_devices_have_their_own_unit_at_any_age() -> None:
    assert (
        place(triage("assistive_devices", "brain_injury", in_municipality=True)) == "unit:assistive-devices"
    )


def test_row_14_running_aftercare_keeps_a_young_adult_with_the_childrens_area() -> None:
    answer = triage("support_at_home", age=20, district=5, aftercare_running=True)
    assert place(answer) == "unit:children-valby-vesterbro-kgs-enghave"


@pytest.mark.parametrize("need", ["brain_injury", "intellectual_disability", "physical_disability"])
def test_row_15_three_disabilities_have_a_specialised_unit(need: str) -> None:
    assert place(triage(need, age=17, district=1)) == "unit:disability-children"
    assert place(triage(need, age=18, district=1)) == "unit:disability-adults"
    assert questions(triage(need, district=1)) == ["age"]


def test_row_15_does_not_take_autism() -> None:
    answer = triage("autism", age=25, district=1, applies_for_measure=True)
    assert (place(answer), fired(answer)) == ("unit:youth", ["20"])


def test_row_16_homeless_adults_go_to_housing_and_children_to_their_area_within_a_day() -> None:
    adult = triage("homelessness", age=18, district=3)
    child = triage("homelessness", age=17, district=3)
    assert (place(adult), adult.urgency) == ("unit:housing-social", "normal")
    assert (place(child), child.urgency) == (AREA_OF_NOERREBRO, "day")


def test_row_17_youth_crime_goes_to_ssp() -> None:
    assert place(triage("youth_crime_prevention", in_municipality=True)) == "unit:ssp"
    assert place(triage("crime_exit", age=17, district=1)) == "unit:ssp"
    assert place(triage("crime_exit", age=18, district=1)) == "unit:youth"


def test_row_18_drug_treatment_has_fourteen_days_and_the_authority_by_age() -> None:
    answer = triage("drug_treatment", age=40, district=1)
    assert (place(answer), answer.urgency, clocks(answer)) == ("unit:adults", "prompt", ["drug_treatment"])


@pytest.mark.parametrize(
    ("age", "first"), [(16, "U-Turn"), (24, "U-Turn"), (25, "Ambulante rusmiddeltilbud")]
)
def test_row_18_offers_u_turn_first_under_25(age: int, first: str) -> None:
    assert offers(triage("drug_treatment", age=age, district=1))[0] == first


@pytest.mark.parametrize("applies", [None, False])
def test_row_19_a_low_threshold_offer_is_enough_unless_the_citizen_applies(applies: bool | None) -> None:
    answer = triage("loneliness", "debt", age=50, district=1, applies_for_measure=applies)
    assert place(answer) == "low_threshold:reception"
    assert "Gældsrådgivning" in offers(answer)


@pytest.mark.parametrize("need", ["self_harm", "eating_disorder", "early_ocd"])
def test_row_19_robus_takes_children_and_the_authority_young_adults(need: str) -> None:
    child = triage(need, age=15, district=1)
    assert (place(child), offers(child)) == ("low_threshold:reception", ["ROBUS"])
    assert place(triage(need, age=18, district=1)) == "unit:youth"


def test_row_19_autism_finds_the_autism_house_at_any_age() -> None:
    for age in (6, 25, 70):
        assert offers(triage("autism", age=age, district=1)) == ["Autismehuset"]


def test_row_19_only_advice_is_given_by_the_reception_itself() -> None:
    answer = triage("advice", in_municipality=True)
    assert (place(answer), fired(answer)) == ("unit:reception", ["19"])


def test_row_19_mixed_needs_are_not_low_threshold_when_one_of_them_is_not() -> None:
    assert place(triage("debt", "support_at_home", age=50, district=1)) == "unit:adults"


@pytest.mark.parametrize(
    "need",
    [
        "support_at_home",
        "temporary_housing",
        "long_term_housing",
        "employment_activity",
        "parenting_support",
        "respite",
        "aftercare",
    ],
)
def test_row_20_what_takes_an_assessment_goes_to_the_authority_by_age(need: str) -> None:
    assert place(triage(need, age=10, district=8)) == AREA_OF_NOERREBRO
    assert place(triage(need, age=30, district=8)) == "unit:youth"
    assert place(triage(need, age=31, district=8)) == "unit:adults"


def test_row_20_an_application_takes_even_plain_advice_to_the_authority() -> None:
    assert place(triage("advice", age=50, district=1, applies_for_measure=True)) == "unit:adults"


def test_row_20_the_step_is_the_lowest_that_meets_every_need() -> None:
    assert triage("support_at_home", "temporary_housing", age=50, district=1).step == "3"


def test_row_21_a_question_in_an_unknown_case_stays_with_the_reception() -> None:
    answer = triage("existing_case", in_municipality=True, applies_for_measure=False)
    assert (place(answer), fired(answer)) == ("unit:reception", ["21"])


def test_row_21_needs_of_other_administrations_are_not_left_for_the_authority() -> None:
    answer = triage("existing_case", "school_matter", in_municipality=True, applies_for_measure=False)
    assert place(answer) == "unit:reception"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"age": 12, "suspected_parental_abuse": True}, AREA_OF_NOERREBRO),
        ({"age": 17, "honour_related": True}, AREA_OF_NOERREBRO),
        ({"age": 18, "honour_related": True}, "unit:youth"),
        ({"age": 12}, "low_threshold:reception"),
        ({"age": 40, "suspected_parental_abuse": True}, "low_threshold:reception"),
        ({"age": 17, "honour_related": True, "children": [{}]}, AREA_OF_NOERREBRO),
    ],
)
def test_row_2_a_child_at_risk_follows_from_other_facts(facts: dict[str, Any], expected: str) -> None:
    assert place(triage("loneliness", district=3, **facts)) == expected


@pytest.mark.parametrize("need", ["shelter", "homelessness", "crisis_centre"])
def test_row_2_a_child_without_a_safe_place_is_never_sent_home(need: str) -> None:
    here = triage(need, age=16, district=3)
    assert (place(here), here.urgency, here.companions) == (AREA_OF_NOERREBRO, "day", ())
    elsewhere = triage(need, age=16, in_municipality=False)
    assert (place(elsewhere), elsewhere.urgency) == ("unit:reception", "acute")
    assert "act_where_the_child_is" in elsewhere.warnings
    (companion,) = elsewhere.companions
    assert place(companion.recommendation) == "other_authority:reception"
    assert companion.facts.needs == {"child_concern"}


def test_row_3_an_adult_with_needs_of_their_own_keeps_them_beside_the_notification() -> None:
    answer = triage("child_concern", "support_at_home", age=40, district=1, child_district=9)
    assert (place(answer), fired(answer), answer.kle) == ("unit:adults", ["3", "20"], "27.36.12")
    assert "notification_assessment" not in clocks(answer)
    assert clocks(answer.companions[0].recommendation) == ["notification_assessment", "notification_receipt"]


def test_row_4_an_unknown_age_holds_nobody_up() -> None:
    unknown_ages: list[dict[str, Any]] = [{}, {"child_at_risk": True}, {"in_municipality": False}]
    for facts in unknown_ages:
        answer = triage("crisis_centre", **facts)
        assert (place(answer), questions(answer)) == ("self_referral:reception", [])


@pytest.mark.parametrize("need", ["file_access", "data_access", "complaint"])
def test_rows_5_and_7_belong_to_the_unit_with_the_case_wherever_the_citizen_lives(need: str) -> None:
    assert place(triage(need, in_municipality=False, existing_case_unit="hky")) == "unit:hky"
    assert (place(triage(need)), questions(triage(need))) == ("unit:reception", [])


def test_row_6_goes_to_the_unit_with_the_case_wherever_the_citizen_lives() -> None:
    assert place(triage("existing_case", in_municipality=False, existing_case_unit="youth")) == "unit:youth"


def test_row_9_does_not_set_aside_a_question_in_a_case() -> None:
    answer = triage(
        "income_support",
        "existing_case",
        age=40,
        district=1,
        applies_for_measure=False,
        channel=Channel.WRITTEN,
    )
    assert place(answer) == "unit:reception"
    assert [(one.administration, one.needs, one.how) for one in answer.also] == [
        ("BIF", ("income_support",), "forwarded")
    ]


def test_row_9_sets_aside_a_notification_that_became_a_contact_of_its_own() -> None:
    answer = triage("income_support", "child_concern", age=40, district=1, child_district=9)
    assert (place(answer), answer.kle) == ("other_authority:reception:BIF", None)
    assert place(answer.companions[0].recommendation) == "unit:children-amager"


def test_row_16_asks_for_the_age_of_a_homeless_citizen() -> None:
    assert questions(triage("homelessness", district=3)) == ["age"]
    parent = triage("homelessness", age=17, district=3, children=[{"district": 9}])
    assert (place(parent), len(parent.companions)) == (AREA_OF_NOERREBRO, 1)


def test_row_19_sets_aside_needs_of_others_and_row_20_takes_what_honour_is_about() -> None:
    answer = triage("debt", "income_support", "school_matter", age=40, district=1, channel=Channel.PHONE)
    assert place(answer) == "low_threshold:reception"
    assert [(one.administration, one.how) for one in answer.also] == [("BIF", "guided"), ("BUF", "guided")]
    assert place(triage("advice", "health_matter", age=40, district=1)) == "unit:reception"
    assert place(triage("debt", age=40, district=1, honour_related=True)) == "unit:adults"


def test_row_20_takes_compensation_for_adults() -> None:
    answer = triage("compensation_benefit_adult", age=40, district=1)
    assert (place(answer), answer.kle) == ("unit:adults", "32.18.08")


def test_nothing_else_is_named_where_another_municipality_must_act() -> None:
    assert triage("debt", "income_support", age=40, in_municipality=False).also == ()


@pytest.mark.parametrize(("day", "also"), [(31, []), (32, ["SUF"])])
def test_home_care_is_a_need_of_its_own_until_june(day: int, also: list[str]) -> None:
    received_at = datetime(2026, 5, day, 12, tzinfo=UTC) if day < 32 else datetime(2026, 6, 1, 12, tzinfo=UTC)
    answer = triage("personal_care", "support_at_home", age=40, district=1, received_at=received_at)
    assert place(answer) == "unit:adults"
    assert [str(one.administration) for one in answer.also] == also


def test_a_contact_of_the_year_before_is_judged_by_rule_set_1() -> None:
    answer = triage("child_concern", "debt", age=40, district=1, child_district=9, received_at=THURSDAY_2025)
    assert (answer.ruleset, place(answer), answer.duties) == ("1", "unit:children-amager", ())
    assert clocks(answer) == ["notification_assessment", "notification_receipt"]
