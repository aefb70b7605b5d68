"""Every age at which the answer changes, and the day on either side of it."""

import pytest

from tests.triage.triaging import offers, place, triage

AMAGER = "unit:children-amager"


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, AMAGER),
        (17, AMAGER),
        (18, "unit:youth"),
        (30, "unit:youth"),
        (31, "unit:adults"),
        (130, "unit:adults"),
    ],
)
def test_the_authority_changes_at_18_and_at_31(age: int, expected: str) -> None:
    assert place(triage("support_at_home", age=age, district=9)) == expected


@pytest.mark.parametrize(("age", "expected"), [(17, AMAGER), (18, AMAGER), (22, AMAGER), (23, "unit:youth")])
def test_running_aftercare_keeps_the_childrens_area_until_23(age: int, expected: str) -> None:
    assert place(triage("aftercare", age=age, district=10, aftercare_running=True)) == expected


@pytest.mark.parametrize(("age", "expected"), [(17, "disability-children"), (18, "disability-adults")])
def test_the_specialised_disability_unit_changes_at_18(age: int, expected: str) -> None:
    assert place(triage("brain_injury", age=age, district=9)) == f"unit:{expected}"


@pytest.mark.parametrize(("age", "due"), [(15, False), (16, True), (17, True), (18, False)])
def test_a_transition_is_due_from_16_until_18(age: int, due: bool) -> None:
    warnings = triage("intellectual_disability", age=age, district=9).warnings
    assert ("transition_due" in warnings) == due


@pytest.mark.parametrize(("age", "expected"), [(24, True), (25, False)])
def test_u_turn_takes_young_people_until_25(age: int, expected: bool) -> None:
    assert ("U-Turn" in offers(triage("drug_treatment", age=age, district=9))) == expected


@pytest.mark.parametrize(("age", "kle"), [(17, "34.15.00"), (18, "27.12.04")])
def test_the_kle_number_of_autism_changes_at_18(age: int, kle: str) -> None:
    assert triage("autism", age=age, district=9).kle == kle


@pytest.mark.parametrize(("age", "expected"), [(17, AMAGER), (18, "unit:adults")])
def test_a_child_at_risk_of_18_is_no_longer_the_child(age: int, expected: str) -> None:
    answer = triage("debt", age=age, district=9, child_at_risk=True, applies_for_measure=True)
    assert place(answer) == expected.replace("adults", "youth")
    assert len(answer.companions) == (age >= 18)
