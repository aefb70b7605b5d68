"""Phone numbers in one form (ITU-T E.164), so that the same caller is found however it was written."""

import re

_NOISE = re.compile(r"[\s().\-/]")
_DENMARK = "45"
_DANISH_LENGTH = 8
_E164_MAXIMUM = 15


def normalised_phone(text: str | None) -> str | None:
    """`+4520000001` for `20 00 00 01`, `4520000001` or `0045 20000001`.

    None for a caller who withheld the number, however the exchange says so (`anonymous`, empty,
    `<unknown>`), and for what is no public number, such as an internal extension.
    """
    digits = _NOISE.sub("", text or "")
    international = digits.startswith(("+", "00"))
    digits = digits[1:] if digits.startswith("+") else digits.removeprefix("00")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) == _DANISH_LENGTH and not international:
        return f"+{_DENMARK}{digits}"
    if _DANISH_LENGTH <= len(digits) <= _E164_MAXIMUM and not digits.startswith("0"):
        return f"+{digits}"
    return None
