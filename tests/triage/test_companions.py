"""A child at risk beside the citizen's own matter becomes a contact of its own."""

from tests.triage.triaging import clocks, place, questions, triage


def test_a_companion_carries_the_whole_recommendation_for_the_child() -> None:
    answer = triage(
        "support_at_home",
        age=34,
        district=1,
        child_at_risk=True,
        child_age=7,
        child_district=4,
        suspected_parental_abuse=True,
    )
    (companion,) = answer.companions
    child = companion.recommendation
    assert place(answer) == "unit:adults"
    assert (place(child), child.urgency) == ("unit:children-valby-vesterbro-kgs-enghave", "day")
    assert clocks(child) == ["notification_assessment", "notification_receipt"]
    assert child.warnings == ("do_not_inform_parents", "talk_with_child_alone")
    assert child.kle == "34.10.30"
    assert (answer.warnings, clocks(answer)) == ((), ["application_support_at_home"])


def test_a_companion_has_no_facts_of_the_citizens_own_matter() -> None:
    answer = triage("shelter", age=34, district=1, child_at_risk=True, child_district=4, anonymous=True)
    facts = answer.companions[0].facts
    assert facts.needs == {"child_concern"}
    assert (facts.age, facts.district, facts.anonymous, facts.child_district) == (None, None, False, 4)


def test_a_companions_unknown_district_is_a_question_of_the_companion_only() -> None:
    answer = triage("debt", age=34, district=1, child_at_risk=True)
    child = answer.companions[0].recommendation
    assert (place(answer), questions(answer)) == ("low_threshold:reception", [])
    assert (place(child), questions(child)) == ("ask:reception", ["child_district"])
    assert "notification_assessment" in clocks(child)


def test_a_teenage_parent_worried_for_a_small_child_is_not_that_child() -> None:
    answer = triage(
        "parenting_support", age=17, district=1, child_at_risk=True, child_age=1, child_district=9
    )
    assert place(answer) == "unit:children-city-oesterbro"
    assert place(answer.companions[0].recommendation) == "unit:children-amager"


def test_an_emergency_has_a_companion_for_the_child_at_risk() -> None:
    answer = triage("crisis_centre", age=30, acute_danger=True, child_at_risk=True, child_district=9)
    assert (place(answer), answer.urgency) == ("emergency:reception", "acute")
    assert place(answer.companions[0].recommendation) == "unit:children-amager"


def test_an_emergency_with_a_notification_opens_the_other_childs_contact_too() -> None:
    answer = triage("child_concern", age=35, acute_danger=True, child_age=5, child_district=9)
    (companion,) = answer.companions
    assert (place(answer), clocks(answer)) == ("emergency:reception", [])
    assert "112" in answer.reasons[0].text
    assert answer.reasons[1].because["needs"] == ["child_concern"]
    assert place(companion.recommendation) == "unit:children-amager"
    assert clocks(companion.recommendation) == ["notification_assessment", "notification_receipt"]


def test_a_notification_is_its_own_contact_and_needs_no_companion() -> None:
    answer = triage("child_concern", age=50, child_at_risk=True, child_district=9)
    assert (place(answer), answer.companions) == ("unit:children-amager", ())


def test_a_child_in_another_municipality_is_a_companion_for_that_authority() -> None:
    answer = triage("debt", age=34, district=1, child_at_risk=True, child_postal_code="8000")
    child = answer.companions[0].recommendation
    assert (place(child), child.urgency) == ("other_authority:reception", "day")
