"""Who a contact is about: the identity that personal number, birth date, age and facts give together."""

from dataclasses import dataclass
from datetime import date, datetime

from services.intake.contacts.schemas import CitizenIn, ContactPerson
from services.intake.problems import (
    AnonymousWithCpr,
    ContradictingAge,
    ImpossibleAge,
    ImpossibleCpr,
    at_field,
)
from services.intake.vault import PersonalData
from shared.contracts import Facts
from shared.cpr import Cpr, ImpossibleCprError, age_at
from shared.phone_numbers import normalised_phone

#: Years. An age above it comes from a wrong century in the number or the date, not from a citizen.
OLDEST = 130


@dataclass(frozen=True)
class Identity:
    """The citizen as far as known. `age` is the age on the day the contact was received."""

    cpr: Cpr | None
    birth_date: date | None
    age: int | None


def read_cpr(text: str, pointer: str) -> Cpr:
    """The personal number at that field of the body. Raises ImpossibleCpr."""
    try:
        return Cpr.parse(text)
    except ImpossibleCprError as error:
        # "from None": a traceback in the log must not show the number.
        raise ImpossibleCpr(errors=at_field(pointer, str(error))) from None


def identify(citizen: CitizenIn, received_at: datetime) -> Identity:
    """The citizen's identity. Raises ImpossibleCpr, ImpossibleAge, AnonymousWithCpr."""
    if citizen.anonymous and citizen.cpr is not None:
        raise AnonymousWithCpr(errors=at_field("/citizen/cpr", "leave it out, or anonymous"))
    cpr = None if citizen.cpr is None else read_cpr(citizen.cpr, "/citizen/cpr")
    born = cpr.birth_date if cpr is not None else citizen.birth_date
    if born is None:
        return Identity(cpr, None, citizen.age)
    age = age_at(born, received_at)
    if not 0 <= age <= OLDEST:
        where = "/citizen/cpr" if cpr is not None else "/citizen/birth_date"
        raise ImpossibleAge(errors=at_field(where, f"gives an age outside 0 to {OLDEST} on that day"))
    return Identity(cpr, born, age)


def complete_facts(facts: Facts, age: int | None, *, anonymous: bool, has_cpr: bool) -> Facts:
    """The facts, with the age and the anonymity that follow from the citizen's identity.

    Raises ContradictingAge when the facts give another age (or say that it cannot be known), and
    AnonymousWithCpr when they call a citizen anonymous whose personal number is known.
    """
    if facts.anonymous and has_cpr:
        raise AnonymousWithCpr(errors=at_field("/facts/anonymous", "the personal number is known"))
    known: dict[str, object] = {"anonymous": True} if anonymous else {}
    if age is not None:
        if facts.age not in (None, age):
            raise ContradictingAge(errors=at_field("/facts/age", "is not the citizen's age on that day"))
        if "age" in facts.cannot_be_known:
            raise ContradictingAge(errors=at_field("/facts/cannot_be_known", "the age is known"))
        known["age"] = age
    return facts.model_copy(update=known)


def personal_data_of(
    identity: Identity, citizen: CitizenIn, person: ContactPerson, summary: str | None
) -> PersonalData:
    """The personal data of the citizen and of the contact person, as it is stored."""
    return PersonalData(
        cpr=identity.cpr and identity.cpr.digits,
        birth_date=citizen.birth_date,
        age=citizen.age,
        name=citizen.name,
        relation=person.relation,
        contact_name=person.name,
        # What cannot be read as a phone number is kept as it was typed: it is still how to reach them.
        phone=normalised_phone(person.phone) or person.phone,
        organisation=person.organisation,
        summary=summary or None,
    )
