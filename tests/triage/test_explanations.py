"""Reasons, trace and the words around an offer."""

from tests.triage.triaging import ADVISER, THURSDAY, triage


def test_a_reason_names_the_facts_that_made_its_row_fire_and_no_others() -> None:
    answer = triage("intellectual_disability", "debt", age=19, district=3)
    (reason,) = answer.reasons
    assert reason.rule == "15"
    assert reason.because == {"needs": ["intellectual_disability"], "age": 19}


def test_a_destination_by_place_names_the_place() -> None:
    assert triage("respite", age=8, district=3).reasons[0].because == {
        "needs": ["respite"],
        "age": 8,
        "district": 3,
    }
    by_postcode = triage("respite", age=8, postal_code="2300").reasons[0].because
    assert by_postcode == {"needs": ["respite"], "age": 8, "postal_code": "2300"}


def test_a_destination_by_an_existing_case_names_the_unit_that_has_it() -> None:
    known = triage("complaint", in_municipality=True, existing_case_unit="hky").reasons[0].because
    assert known == {"needs": ["complaint"], "existing_case_unit": "hky"}
    assert triage("complaint", in_municipality=True).reasons[0].because == {"needs": ["complaint"]}


def test_home_care_is_explained_by_the_day_of_receipt() -> None:
    answer = triage("personal_care", age=40, district=1)
    assert answer.reasons[0].because == {
        "needs": ["personal_care"],
        "received_on": THURSDAY.date(),
        "age": 40,
    }


def test_a_reason_never_names_a_fact_that_is_unknown() -> None:
    answer = triage("autism", district=3)
    assert "age" not in answer.reasons[0].because


def test_the_trace_shows_every_row_in_three_values() -> None:
    trace = triage("brain_injury", trace=True).trace
    assert trace is not None
    holds = {row.rule: row.holds for row in trace}
    assert list(holds) == [str(number) for number in range(1, 22)]
    assert (holds["1"], holds["8"], holds["15"], holds["20"]) == ("false", "unknown", "true", "unknown")
    assert holds["21"] == "true"


def test_there_is_no_trace_without_the_trace_parameter() -> None:
    assert triage("brain_injury").trace is None


def test_an_anonymous_contact_is_filed_under_no_kle_number() -> None:
    assert triage("debt", age=40, district=1).kle == "27.12.04"
    assert triage("debt", age=40, district=1, anonymous=True).kle is None


def test_a_kle_number_is_that_of_the_need_the_row_is_about() -> None:
    assert triage("advice", "support_at_home", age=40, district=1).kle == "27.36.12"


def test_every_offer_says_in_danish_why_it_fits() -> None:
    offer = triage("self_harm", age=15, district=1).offers[0]
    assert (
        offer.why == "ROBUS er for borgere til og med 17 år og dækker: selvskade. Trin 1 på indsatstrappen."
    )


def test_every_fact_that_may_be_missing_has_its_question() -> None:
    facts = {"in_municipality", "age", "district", "child_age", "child_district", "applies_for_measure"}
    assert set(ADVISER.ruleset.questions) == facts
