"""The form that a contact is written down in: what it holds, and what it tells intake and triage.

A form is a mapping of field names to texts, just as a browser sends it and as a draft keeps it, so that
whatever was typed can always be shown again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.cpr import Cpr, ImpossibleCprError, age_at
from shared.phone_numbers import normalised_phone

#: What a browser sent: each field's texts.
Fields = Mapping[str, Sequence[str]]
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
#: Questions with three answers: yes, no, and nothing said.
THREE_WAY = ("in_municipality", "applies_for_measure")
#: The fields that say who the citizen is.
CITIZEN = ("cpr", "age", "citizen_name")
_NUMBERS = {"age": 130, "child_age": 130, "district": 10, "child_district": 10}
_POSTCODES = ("postal_code", "child_postal_code")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field: a text's key in texts/da/reception.yaml."""

    field: str
    text: str


@dataclass(frozen=True)
class Told:
    """What the form says, in the words of intake's and triage's contract, and what of it cannot be read."""

    citizen: dict[str, Any]
    contact_person: dict[str, Any]
    summary: str
    facts: dict[str, Any]
    age: int | None
    faults: tuple[Fault, ...]

    @property
    def facts_for_triage(self) -> dict[str, Any]:
        """The facts with the age that a personal number gives; triage never sees the number."""
        return self.facts if self.age is None else {**self.facts, "age": self.age}


def read_form(fields: Fields, received_at: datetime) -> Told:
    """What was written, as far as it can be read; each part that cannot is a fault at its field."""
    reading = _Reading(fields)
    citizen, age = _citizen(reading, received_at)
    facts = _facts(reading, age_is_known=age is not None)
    summary = reading.text("summary") or ""
    if len(summary) > MOST_SUMMARY:
        reading.fault("summary", "too_long")
    if not facts["needs"]:
        reading.fault("needs", "no_need")
    if citizen.get("anonymous"):
        facts["anonymous"] = True
    return Told(citizen, _contact_person(reading), summary, facts, age, tuple(reading.faults))


class _Reading:
    """The fields, and the faults found so far."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.faults: list[Fault] = []

    def text(self, name: str) -> str | None:
        return next((text.strip() for text in self._fields.get(name, ()) if text.strip()), None)

    def all(self, name: str) -> list[str]:
        return [text.strip() for text in self._fields.get(name, ()) if text.strip()]

    def ticked(self, name: str) -> bool:
        return bool(self.all(name))

    def number(self, name: str, most: int) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and int(text[:4]) <= most and len(text) <= 3):
            self.fault(name, f"no_{name.removeprefix('child_')}")
            return None
        return int(text)

    def fault(self, name: str, text: str) -> None:
        self.faults.append(Fault(name, text))


def _citizen(reading: _Reading, received_at: datetime) -> tuple[dict[str, Any], int | None]:
    citizen: dict[str, Any] = {"anonymous": reading.ticked("anonymous")}
    if name := reading.text("citizen_name"):
        citizen["name"] = name
    age = reading.number("age", _NUMBERS["age"])
    number = reading.text("cpr")
    if number is None:
        return (citizen if age is None else {**citizen, "age": age}), age
    if citizen["anonymous"]:
        reading.fault("cpr", "anonymous_with_cpr")
        return citizen, age
    try:
        born = Cpr.parse(number).birth_date
    except ImpossibleCprError:
        reading.fault("cpr", "no_cpr")
        return citizen, age
    by_number = age_at(born, received_at)
    if not 0 <= by_number <= _NUMBERS["age"]:
        reading.fault("cpr", "no_cpr")
        return citizen, None
    if age not in (None, by_number):
        reading.fault("age", "other_age")
    return {**citizen, "cpr": number}, by_number


def _contact_person(reading: _Reading) -> dict[str, Any]:
    person: dict[str, Any] = {}
    for field, name in (("relation", "relation"), ("contact_name", "name"), ("organisation", "organisation")):
        if text := reading.text(field):
            person[name] = text
    if phone := reading.text("phone"):
        person["phone"] = phone
        if normalised_phone(phone) is None:
            reading.fault("phone", "no_phone")
    return person


def _facts(reading: _Reading, *, age_is_known: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"needs": reading.all("needs")}
    facts |= {flag: True for flag in FLAGS if reading.ticked(flag)}
    for name in THREE_WAY:
        if answer := reading.text(name):
            facts[name] = answer == "yes"
    facts |= _places(reading)
    if unit := reading.text("existing_case_unit"):
        facts["existing_case_unit"] = unit
    # What is known by now is no longer something that cannot be known.
    unknowable = [name for name in reading.all("cannot_be_known") if name not in facts]
    if unknowable := [name for name in unknowable if not (name == "age" and age_is_known)]:
        facts["cannot_be_known"] = unknowable
    if facts.get("district") and facts.get("in_municipality") is False:
        reading.fault("in_municipality", "district_is_here")
    return facts


def _places(reading: _Reading) -> dict[str, Any]:
    """Districts, postcodes and the child's age."""
    places: dict[str, Any] = {}
    for name, most in _NUMBERS.items():
        if name != "age" and (number := reading.number(name, most)) is not None:
            places[name] = number
    for name in _POSTCODES:
        code = reading.text(name)
        if code is not None and code.isascii() and code.isdigit() and len(code) == 4:
            places[name] = code
        elif code is not None:
            reading.fault(name, "no_postal_code")
    return places


def fields_of(contact: Mapping[str, Any]) -> dict[str, list[str]]:
    """The form as intake's contact fills it in."""
    citizen, person, facts = contact["citizen"], contact["contact_person"], contact.get("facts") or {}
    plain = {
        "relation": person.get("relation"),
        "contact_name": person.get("name"),
        "phone": person.get("phone"),
        "organisation": person.get("organisation"),
        "citizen_name": citizen.get("name"),
        "cpr": citizen.get("cpr"),
        "age": None if citizen.get("cpr") else citizen.get("age"),
        "summary": contact.get("summary"),
        "existing_case_unit": facts.get("existing_case_unit"),
        **{name: facts.get(name) for name in (*_NUMBERS, *_POSTCODES) if name != "age"},
        **{name: "yes" if facts[name] else "no" for name in THREE_WAY if facts.get(name) is not None},
    }
    fields = {name: [str(value)] for name, value in plain.items() if value is not None}
    fields |= {name: ["on"] for name in FLAGS if facts.get(name)}
    fields |= {"anonymous": ["on"]} if citizen.get("anonymous") else {}
    fields["needs"] = sorted(facts.get("needs", ()))
    fields["cannot_be_known"] = sorted(facts.get("cannot_be_known", ()))
    return fields
