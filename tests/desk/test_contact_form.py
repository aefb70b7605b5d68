"""The form a contact is recorded in: what is read, what cannot be read, and that nothing is lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.contact.form import FLAGS, THREE_WAY, fields_of, read_form
from services.desk.form import Fields
from services.desk.intake_models import Citizen, Contact, ContactPerson
from services.desk.intake_models import Facts as ReadFacts
from shared.contracts import Facts
from shared.vocabulary import Channel

TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def form(**fields: Any) -> dict[str, list[str]]:
    read = {"needs": ["advice"], **fields}
    return {name: value if isinstance(value, list) else [value] for name, value in read.items()}


def faults(fields: Fields) -> set[tuple[str, str]]:
    return {(fault.field, fault.text) for fault in read_form(fields, TUESDAY).faults}


def test_a_simple_contact_is_read_in_the_words_of_the_contract() -> None:
    read = read_form(
        form(
            needs=["debt", "loneliness"],
            age="34",
            citizen_name=" Alma Andersen ",
            relation="self",
            phone="20 00 00 01",
            in_municipality="yes",
            applies_for_measure="no",
            district="3",
            child_at_risk="on",
            summary="Vil tale om sin gæld",
        ),
        TUESDAY,
    )
    assert read.citizen == {"anonymous": False, "name": "Alma Andersen", "age": 34}
    assert read.contact_person == {"relation": "self", "phone": "20 00 00 01"}
    assert read.facts == {
        "needs": ["debt", "loneliness"],
        "district": 3,
        "child_at_risk": True,
        "in_municipality": True,
        "applies_for_measure": False,
    }
    assert read.facts_for_triage["age"] == 34
    assert not read.faults


def test_a_personal_number_gives_triage_the_age_and_never_the_number() -> None:
    read = read_form(form(cpr="610190-1234"), TUESDAY)
    assert read.facts_for_triage["age"] == 36
    assert "610190" not in str(read.facts_for_triage)
    assert read.citizen["cpr"] == "610190-1234"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"needs": []}, ("needs", "no_need")),
        ({"cpr": "123"}, ("cpr", "no_cpr")),
        ({"cpr": "610190-1234", "anonymous": "on"}, ("cpr", "anonymous_with_cpr")),
        ({"cpr": "610190-1234", "age": "12"}, ("age", "other_age")),
        ({"age": "131"}, ("age", "no_age")),
        ({"age": "-1"}, ("age", "no_age")),
        ({"age": "٣"}, ("age", "no_age")),
        ({"child_age": "tolv"}, ("child_age", "no_age")),
        ({"district": "11"}, ("district", "no_district")),
        ({"postal_code": "220"}, ("postal_code", "no_postal_code")),
        ({"phone": "i morgen"}, ("phone", "no_phone")),
        ({"summary": "x" * 4001}, ("summary", "too_long")),
        ({"district": "3", "in_municipality": "no"}, ("in_municipality", "district_is_here")),
    ],
)
def test_what_cannot_be_read_is_a_fault_at_its_field(fields: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults(form(**fields)) == {fault}


def test_what_has_been_answered_is_no_longer_something_that_cannot_be_known() -> None:
    read = read_form(form(age="30", cannot_be_known=["age", "district"]), TUESDAY)
    assert read.facts["cannot_be_known"] == ["district"]


texts = st.text(max_size=12)
_NAMES = ("cpr", "age", "district", "postal_code", "phone", "summary", "child_age", *FLAGS, *THREE_WAY)


@given(st.dictionaries(st.sampled_from(_NAMES), texts.map(lambda text: [text])))
def test_any_text_can_be_read_and_the_facts_fit_the_contract(
    fields: dict[str, list[str]],
) -> None:
    read = read_form({**fields, "needs": ["advice"]}, TUESDAY)
    if not read.faults:
        Facts.model_validate(read.facts_for_triage)


def test_a_contact_fills_the_form_in_so_that_it_reads_the_same_again() -> None:
    facts = {
        "needs": ["debt"],
        "age": 36,
        "district": 3,
        "in_municipality": True,
        "applies_for_measure": False,
        "aftercare_running": True,
        "cannot_be_known": ["child_age"],
    }
    contact = Contact(
        id="1",
        reference="ABCD2345",
        version=1,
        channel=Channel.PHONE,
        line="hovednummer",
        received_at=TUESDAY,
        created_at=TUESDAY,
        status="open",
        citizen=Citizen(cpr="6101901234", age=36, name="Alma", anonymous=False, address_protected=False),
        contact_person=ContactPerson(relation="parent", phone="+4520000001"),
        summary="To linjer\nog én til",
        facts=ReadFacts.model_validate(facts),
    )
    read = read_form(fields_of(contact), TUESDAY)
    assert read.facts_for_triage == facts
    assert read.citizen == {"anonymous": False, "name": "Alma", "cpr": "6101901234"}
    assert read.summary == contact.summary
    assert not read.faults
