"""The one search field of the reception."""

from typing import Literal


def criterion_of(wanted: str) -> Literal["cpr", "phone", "reference", "name"]:
    """Which of intake's criteria the text is, by its form alone."""
    plain = wanted.replace("-", "").replace(" ", "")
    digits = plain.removeprefix("+")
    if digits.isdigit() and len(plain) == 10:
        return "cpr"
    if digits.isdigit():
        return "phone"
    return "reference" if len(plain) == 8 and any(sign.isdigit() for sign in plain) else "name"
