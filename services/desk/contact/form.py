"""The form that a contact is recorded in: read for intake and triage, and filled in from a contact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.desk.contact.children import answered, fields_of_children, postal_code, read_children
from services.desk.form import Fault, FieldReader, Fields
from services.desk.intake_models import Contact, Facts
from shared.cpr import Cpr, ImpossibleCprError, age_at
from shared.phone_numbers import normalised_phone

MOST_SUMMARY = 4000

#: Boxes that are ticked or not; not ticked means no.
FLAGS = (
    "acute_danger",
    "child_at_risk",
    "suspected_parental_abuse",
    "honour_related",
    "reporter_is_professional",
    "measures_running",
    "aftercare_running",
)
#: Questions with three answers: yes, no, and no answer.
THREE_WAY = ("in_municipality", "applies_for_measure")
#: The fields that say who the citizen is.
CITIZEN = ("cpr", "age", "citizen_name")
_HIGHEST_AGE, _HIGHEST_DISTRICT = 130, 10


@dataclass(frozen=True)
class ContactForm:
    """What the form says, as intake and triage take it, and what of it cannot be read."""

    citizen: dict[str, Any]
    contact_person: dict[str, Any]
    summary: str
    facts: dict[str, Any]
    age: int | None
    faults: tuple[Fault, ...]
    #: The row of each child in the facts: rows without anything are left out of these.
    child_rows: tuple[int, ...] = ()

    @property
    def facts_for_triage(self) -> dict[str, Any]:
        """The facts with the age that a personal number gives; triage never receives the number."""
        return self.facts if self.age is None else {**self.facts, "age": self.age}

    @property
    def personal_data(self) -> dict[str, Any]:
        """The body of intake's change of a contact."""
        return {"citizen": self.citizen, "contact_person": self.contact_person, "summary": self.summary}


def read_form(fields: Fields, received_at: datetime) -> ContactForm:
    """Everything that can be read; each part that cannot is a fault at its field."""
    reader = FieldReader(fields)
    citizen, age = _citizen(reader, received_at)
    children = read_children(reader, fields)
    facts = _facts(reader, list(children.values()), age_is_known=age is not None)
    summary = reader.text("summary") or ""
    if len(summary) > MOST_SUMMARY:
        reader.fault("summary", "too_long")
    if not facts["needs"]:
        reader.fault("needs", "no_need")
    if citizen.get("anonymous"):
        facts["anonymous"] = True
    person = _contact_person(reader)
    return ContactForm(citizen, person, summary, facts, age, tuple(reader.faults), tuple(children))


def _citizen(reader: FieldReader, received_at: datetime) -> tuple[dict[str, Any], int | None]:
    citizen: dict[str, Any] = {"anonymous": reader.ticked("anonymous")}
    if name := reader.text("citizen_name"):
        citizen["name"] = name
    age = reader.number("age", _HIGHEST_AGE, "no_age")
    number = reader.text("cpr")
    if number is None:
        return (citizen if age is None else {**citizen, "age": age}), age
    if citizen["anonymous"]:
        reader.fault("cpr", "anonymous_with_cpr")
        return citizen, age
    try:
        born = Cpr.parse(number).birth_date
    except ImpossibleCprError:
        reader.fault("cpr", "no_cpr")
        return citizen, age
    # The number decides the age: an age typed beside it is only checked against it.
    by_number = age_at(born, received_at)
    if not 0 <= by_number <= _HIGHEST_AGE:
        reader.fault("cpr", "no_cpr")
        return citizen, None
    if age not in (None, by_number):
        reader.fault("age", "other_age")
    return {**citizen, "cpr": number}, by_number


def _contact_person(reader: FieldReader) -> dict[str, Any]:
    person: dict[str, Any] = {}
    for field, name in (("relation", "relation"), ("contact_name", "name"), ("organisation", "organisation")):
        if text := reader.text(field):
            person[name] = text
    if phone := reader.text("phone"):
        person["phone"] = phone
        if normalised_phone(phone) is None:
            reader.fault("phone", "no_phone")
    return person


def _facts(reader: FieldReader, children: list[dict[str, Any]], *, age_is_known: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"needs": reader.all("needs")}
    facts |= {flag: True for flag in FLAGS if reader.ticked(flag)}
    for name in THREE_WAY:
        if answer := reader.text(name):
            facts[name] = answer == "yes"
    if (district := reader.number("district", _HIGHEST_DISTRICT, "no_district")) is not None:
        facts["district"] = district
    if code := postal_code(reader, "postal_code"):
        facts["postal_code"] = code
    if children:
        facts["children"] = children
    if unit := reader.text("existing_case_unit"):
        facts["existing_case_unit"] = unit
    # What is known by now is no longer something that cannot be known.
    known = {*facts, *answered(children), *(("age",) if age_is_known else ())}
    if unknowable := [name for name in reader.all("cannot_be_known") if name not in known]:
        facts["cannot_be_known"] = unknowable
    if facts.get("district") and facts.get("in_municipality") is False:
        reader.fault("in_municipality", "district_is_here")
    return facts


def fields_of(contact: Contact) -> dict[str, list[str]]:
    """The form as the contact fills it in."""
    citizen, person = contact.citizen, contact.contact_person
    plain = {
        "relation": person.relation,
        "contact_name": person.name,
        "phone": person.phone,
        "organisation": person.organisation,
        "citizen_name": citizen.name,
        "cpr": citizen.cpr,
        # The number gives the age; were both filled in, a birthday could make them contradict each other.
        "age": None if citizen.cpr else citizen.age,
        "summary": contact.summary,
    }
    fields = {name: [str(value)] for name, value in plain.items() if value is not None}
    fields |= {"anonymous": ["on"]} if citizen.anonymous else {}
    return fields | fields_of_facts(contact.facts or Facts())


def fields_of_facts(facts: Facts) -> dict[str, list[str]]:
    """The part of the form that triage decides by, without who the citizen is."""
    numbers = ("district", "existing_case_unit", "postal_code")
    fields = {name: [str(value)] for name in numbers if (value := getattr(facts, name)) is not None}
    fields |= {
        name: ["yes" if answer else "no"]
        for name in THREE_WAY
        if (answer := getattr(facts, name)) is not None
    }
    fields |= {name: ["on"] for name in FLAGS if getattr(facts, name)}
    fields |= fields_of_children(facts.children_elsewhere)
    return fields | {"needs": sorted(facts.needs), "cannot_be_known": sorted(facts.cannot_be_known)}
