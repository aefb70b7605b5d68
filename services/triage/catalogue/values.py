"""The types of single values in HSDS, read strictly: another form than the standard's is refused.

Texts are stored as they were sent, with any markup, and are not trusted: every page that renders them escapes
them. Addresses, which a reader may click, are limited to schemes that cannot run code.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

_WEB = re.compile(r"(https?://|mailto:|tel:|urn:)\S+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_DAYS = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}


def _only_text(value: Any) -> Any:
    if not isinstance(value, (str, date, datetime)):
        raise ValueError("must be a text")  # noqa: TRY004 -- pydantic reports a ValueError only
    return value


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds the character U+0000, which no database keeps")
    return text


def _web(text: str) -> str:
    if not _WEB.fullmatch(text):
        raise ValueError("must be an address that begins with http(s)://, mailto:, tel: or urn:")
    return text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("must be an e-mail address")
    return text


def _byday(text: str) -> str:
    for part in text.split(","):
        if part.strip().lstrip("+-0123456789").upper() not in _DAYS:
            raise ValueError("must be days as iCalendar writes them: MO,TU or 1MO,-1FR")
    return text


Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(_no_nul)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_no_nul)]
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_no_nul)]
Uri = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_no_nul), AfterValidator(_web)]
Email = Annotated[str, StringConstraints(max_length=320), AfterValidator(_no_nul), AfterValidator(_email)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Years = Annotated[float, Field(strict=True, ge=0, le=130, allow_inf_nan=False)]
Day = Annotated[date, BeforeValidator(_only_text)]
Moment = Annotated[AwareDatetime, BeforeValidator(_only_text)]
Clock = Annotated[
    str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d{2}:\d{2})?$", max_length=16)
]
ByDay = Annotated[str, StringConstraints(max_length=100), AfterValidator(_byday)]
