"""The authority that a misaddressed letter goes to, and the two letters that go with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.desk.form import Form
from services.desk.intake_models import Contact
from services.desk.wording import day_text
from shared.vocabulary import Administration

#: Places that are no administration of the city; which one, the user writes.
ELSEWHERE = ("municipality", "region", "other")
#: All places, in the page's order. Our own administration is no place to forward to.
PLACES = (*(one.value for one in Administration if one is not Administration.SOF), *ELSEWHERE)
MOST_NAME, MOST_LETTER = 120, 6000
LETTERS = ("to_citizen", "to_authority")


@dataclass(frozen=True)
class Addressee:
    """Where a letter goes: one of `PLACES`, and the authority's name as it is in the letters."""

    place: str
    name: str

    @property
    def administration(self) -> str | None:
        """The city's administration; None for authorities outside the city."""
        return None if self.place in ELSEWHERE else self.place


def addressee_of(form: Form, names: Mapping[str, str]) -> tuple[Addressee | None, dict[str, str]]:
    """Where to, and the faults by field. `names` are the administrations' names."""
    place, name = form.text("place"), form.text("name")
    if place not in PLACES:
        return None, {"place": "no_place"}
    if place not in ELSEWHERE:
        return Addressee(place, names[place]), {}
    if name is None:
        return None, {"name": "no_name"}
    return (Addressee(place, name), {}) if len(name) <= MOST_NAME else (None, {"name": "long_name"})


def write_letters(texts: Mapping[str, str], to: Addressee, contact: Contact, now: datetime) -> dict[str, str]:
    """Both letters, for the user to correct."""
    values = {
        "authority": to.name,
        "reference": contact.reference,
        "received": day_text(contact.received_at),
        "today": day_text(now),
        "name": contact.contact_person.name or contact.citizen.name or "",
    }
    # A name may contain braces; only the texts' own are filled in, and only once.
    return {letter: texts[letter].format_map(values) for letter in LETTERS}


def letters_in(form: Form) -> dict[str, str]:
    """The letters as the user corrected them; a browser's line ends become plain ones."""
    return {letter: (form.text(letter) or "").replace("\r\n", "\n") for letter in LETTERS}


def faults_in(letters: Mapping[str, str]) -> dict[str, str]:
    """The letters that are missing or too long."""
    missing = {letter: "no_letter" for letter, text in letters.items() if not text}
    return missing | {letter: "long_letter" for letter, text in letters.items() if len(text) > MOST_LETTER}
