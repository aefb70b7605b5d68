"""The Danish personal number (CPR): its birth date and century, and the age it gives at a moment.

`DDMMYYXXXX`, text and never a number: leading zeros count. Modulus 11 has not held for all numbers
since 2007 and is not looked at. A replacement number (erstatnings-CPR), given to people without an
ordinary one, has 60 added to its day. No message or representation here ever contains the number.

Source: domain.md § 8; CPR-kontoret, "Personnummeret i CPR".
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from shared.clock import COPENHAGEN

_FORM = re.compile(r"([0-9]{6})-?([0-9]{4})")
_REPLACEMENT_OFFSET = 60


class ImpossibleCprError(ValueError):
    """The text cannot be a personal number. The message says why, without the number."""


def _century(year: int, seventh: int) -> int:
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


@dataclass(frozen=True)
class Cpr:
    """A personal number that can exist. Compare and pass it on; `digits` is the only way to the number."""

    digits: str = field(repr=False)
    birth_date: date = field(repr=False)
    is_replacement: bool = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `ddmmyy-xxxx` or ten digits. Raises ImpossibleCprError."""
        form = _FORM.fullmatch(text.strip())
        if form is None:
            raise ImpossibleCprError("a CPR number is ten digits, or six and four with a hyphen")
        digits = form[1] + form[2]
        day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
        is_replacement = day > _REPLACEMENT_OFFSET
        try:
            born = date(
                _century(year, int(digits[6])) + year, month, day - _REPLACEMENT_OFFSET * is_replacement
            )
        except ValueError:
            raise ImpossibleCprError("the CPR number's day does not exist") from None
        return cls(digits, born, is_replacement)

    def __str__(self) -> str:
        return "Cpr(...)"


def age_at(born: date, moment: datetime) -> int:
    """Whole years at the moment, on the calendar of Copenhagen; negative before birth.

    A person born on 29 February has the birthday on 1 March in other years.
    """
    today = moment.astimezone(COPENHAGEN).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
