"""The form that a contact is recorded in: read for intake and triage, and filled in from a contact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    "aftercare_running",
)
#: Questions with three answers: yes, no, and no answer.
THREE_WAY = ("in_municipality", "applies_for_measure")
#: The fields that say who the citizen is.
CITIZEN = ("cpr", "age", "citizen_name")
_HIGHEST_AGE, _HIGHEST_DISTRICT = 130, 10
_POSTCODES = ("postal_code", "child_postal_code")


@dataclass(frozen=True)
class ContactForm:
    """What the form says, as intake and triage take it, and what of it cannot be read."""

    citizen: dict[str, Any]
    contact_person: dict[str, Any]
    summary: str
    facts: dict[str, Any]
    age: int | None
    faults: tuple[Fault, ...]

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
    facts = _facts(reader, age_is_known=age is not None)
    summary = reader.text("summary") or ""
    if len(summary) > MOST_SUMMARY:
        reader.fault("summary", "too_long")
    if not facts["needs"]:
        reader.fault("needs", "no_need")
    if citizen.get("anonymous"):
        facts["anonymous"] = True
    return ContactForm(citizen, _contact_person(reader), summary, facts, age, tuple(reader.faults))


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


def _facts(reader: FieldReader, *, age_is_known: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"needs": reader.all("needs")}
    facts |= {flag: True for flag in FLAGS if reader.ticked(flag)}
    for name in THREE_WAY:
        if answer := reader.text(name):
            facts[name] = answer == "yes"
    facts |= _places(reader)
    if unit := reader.text("existing_case_unit"):
        facts["existing_case_unit"] = unit
    # What is known by now is no longer something that cannot be known.
    unknowable = [name for name in reader.all("cannot_be_known") if name not in facts]
    if unknowable := [name for name in unknowable if not (name == "age" and age_is_known)]:
        facts["cannot_be_known"] = unknowable
    if facts.get("district") and facts.get("in_municipality") is False:
        reader.fault("in_municipality", "district_is_here")
    return facts


def _places(reader: FieldReader) -> dict[str, Any]:
    """Districts, postcodes and the child's age."""
    places: dict[str, Any] = {}
    for name, most, fault in (
        ("district", _HIGHEST_DISTRICT, "no_district"),
        ("child_age", _HIGHEST_AGE, "no_age"),
        ("child_district", _HIGHEST_DISTRICT, "no_district"),
    ):
        if (number := reader.number(name, most, fault)) is not None:
            places[name] = number
    for name in _POSTCODES:
        code = reader.text(name)
        if code is not None and code.isascii() and code.isdigit() and len(code) == 4:
            places[name] = code
        elif code is not None:
            reader.fault(name, "no_postal_code")
    return places


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
    numbers = ("district", "child_age", "child_district", "existing_case_unit", *_POSTCODES)
    fields = {name: [str(value)] for name in numbers if (value := getattr(facts, name)) is not None}
    fields |= {
        name: ["yes" if answer else "no"]
        for name in THREE_WAY
        if (answer := getattr(facts, name)) is not None
    }
    fields |= {name: ["on"] for name in FLAGS if getattr(facts, name)}
    return fields | {"needs": sorted(facts.needs), "cannot_be_known": sorted(facts.cannot_be_known)}
