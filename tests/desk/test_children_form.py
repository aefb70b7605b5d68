"""Children at risk in the contact's form: a row each, that comes and goes, and a fault at its own field."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.contact.children import (
    MOST_CHILDREN,
    PARTS,
    ROWS,
    child_field,
    field_of_child,
    field_of_question,
    row_of,
    rows_of,
    with_another_row,
    without_row,
)
from services.desk.contact.form import fields_of_facts, read_form
from services.desk.intake_models import ChildAtRisk, Facts
from shared.contracts import Facts as StoredFacts

TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TWO = {
    "needs": ["child_concern"],
    "child_age": ["4"],
    "child_postal_code": ["2200"],
    "child_age_2": ["9"],
    "child_district_2": ["10"],
}


def test_each_row_is_a_child_in_the_words_of_the_contract() -> None:
    read = read_form({**TWO, "measures_running": ["on"]}, TUESDAY)
    assert read.facts["children"] == [{"age": 4, "postal_code": "2200"}, {"age": 9, "district": 10}]
    assert read.facts["measures_running"] is True
    assert read.child_rows == (1, 2)
    StoredFacts.model_validate(read.facts)


def test_a_row_that_was_added_is_a_child_of_whom_nothing_may_be_known() -> None:
    read = read_form({"needs": ["child_concern"], ROWS: ["3"], "child_age_3": ["7"]}, TUESDAY)
    assert read.facts["children"] == [{}, {}, {"age": 7}]
    assert read.child_rows == (1, 2, 3)


def test_the_one_row_of_every_form_is_nobody_while_it_is_empty() -> None:
    for fields in ({}, {ROWS: ["1"]}):
        assert "children" not in read_form({"needs": ["debt"], **fields}, TUESDAY).facts


@pytest.mark.parametrize("children", [[{}], [{}, {}], [{"age": 4}, {}], [{}, {"age": 4}]])
def test_a_child_of_whom_nothing_is_known_is_not_lost_when_the_form_is_sent_again(
    children: list[dict[str, int]],
) -> None:
    facts = Facts.model_validate({"needs": ["child_concern"], "children": children})
    assert read_form(fields_of_facts(facts), TUESDAY).facts["children"] == children


def test_a_contact_with_one_child_in_the_short_way_has_it_in_the_first_row() -> None:
    facts = Facts(needs=("child_concern",), child_age=6, child_district=3)
    fields = fields_of_facts(facts)
    assert (fields["child_age"], fields["child_district"]) == (["6"], ["3"])
    assert read_form(fields, TUESDAY).facts["children"] == [{"age": 6, "district": 3}]


def test_children_fill_the_form_in_so_that_they_read_the_same_again() -> None:
    children = (ChildAtRisk(age=4, postal_code="2200"), ChildAtRisk(district=10), ChildAtRisk(age=0))
    fields = fields_of_facts(Facts(needs=("child_concern",), children=children, measures_running=True))
    read = read_form(fields, TUESDAY)
    assert read.facts["children"] == [child.model_dump(exclude_none=True) for child in children]
    assert rows_of(fields) == [1, 2, 3]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"child_age_2": ["tolv"]}, ("child_age_2", "no_age")),
        ({"child_postal_code_3": ["22"]}, ("child_postal_code_3", "no_postal_code")),
        ({"child_district": ["11"]}, ("child_district", "no_district")),
    ],
)
def test_a_fault_is_at_the_field_of_its_row(fields: dict[str, list[str]], fault: tuple[str, str]) -> None:
    faults = read_form({"needs": ["child_concern"], **fields}, TUESDAY).faults
    assert [(one.field, one.text) for one in faults] == [fault]


def test_what_is_known_of_every_child_is_no_longer_something_that_cannot_be_known() -> None:
    fields = {**TWO, "cannot_be_known": ["child_age", "child_district"]}
    assert read_form(fields, TUESDAY).facts["cannot_be_known"] == ["child_district"]


def test_a_row_comes_empty_at_the_end_and_there_are_never_more_than_ten() -> None:
    fields = TWO
    assert rows_of(fields) == [1, 2]
    for rows in (3, 4, 5, 6, 7, 8, 9, 10, 10):
        fields = with_another_row(fields)
        assert len(rows_of(fields)) == rows
    assert len(rows_of(with_another_row({ROWS: ["99"]}))) == MOST_CHILDREN


def test_a_row_that_is_removed_lets_those_after_it_move_up() -> None:
    left = without_row(TWO, 1)
    assert left["child_age"] == ["9"]
    assert left["child_district"] == ["10"]
    assert "child_postal_code" not in left
    assert rows_of(left) == [1]
    assert rows_of(without_row(left, 1)) == [1]


rows = st.integers(1, MOST_CHILDREN)
texts = st.lists(st.text(max_size=4), min_size=1, max_size=1)
forms = st.dictionaries(
    st.builds(child_field, st.sampled_from(PARTS), rows) | st.just(ROWS), texts, max_size=8
)


@given(forms, rows)
def test_no_child_but_the_removed_one_is_lost(fields: dict[str, list[str]], removed: int) -> None:
    before, left = rows_of(fields), without_row(fields, removed)
    kept = [[fields.get(child_field(part, row)) for part in PARTS] for row in before if row != removed]
    after = [[left.get(child_field(part, row)) for part in PARTS] for row in rows_of(left)]
    assert after[: len(kept)] == kept or not kept
    assert len(after) >= 1


@given(st.sampled_from(PARTS), rows)
def test_a_fields_name_says_whose_it_is(part: str, row: int) -> None:
    assert row_of(child_field(part, row)) == (part, row)
    assert row_of("age") is None


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/facts/children/1/age", "child_age_4"),
        ("/children/0/district", "child_district_2"),
        ("/facts/children/1", "child_age_4"),
        ("/facts/children/7/age", None),
        ("/facts/age", None),
    ],
)
def test_what_a_service_refuses_is_at_the_row_of_the_child_that_was_sent(
    pointer: str, field: str | None
) -> None:
    assert field_of_child(pointer, (2, 4)) == field


def test_a_question_about_a_child_leads_to_its_row() -> None:
    assert field_of_question("district", 2) == "child_district_2"
    assert field_of_question("child_age", 1) == "child_age"
    assert field_of_question("in_municipality", 2) == "in_municipality"
