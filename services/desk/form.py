"""A form as a browser sent it, and reading its fields with the faults found on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.clock import COPENHAGEN

#: htmx sends the secret as a header, plain forms as a field.
CSRF_HEADER, CSRF_FIELD = "x-csrf", "csrf"

#: A form's texts by field, as a browser sends them and as a draft stores them.
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field; `text` is a key in the page's texts."""

    field: str
    text: str


class Form:
    """Each field's texts in their order, stripped."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def text(self, name: str) -> str | None:
        """The field's first text; None when it is missing or empty."""
        return next((value.strip() for key, value in self._pairs if key == name and value.strip()), None)

    def verbatim(self, name: str) -> str:
        """A long text with its blanks kept; a browser's line ends become plain ones."""
        found = next((value for key, value in self._pairs if key == name), "")
        return found.replace("\r\n", "\n")

    def all(self, name: str) -> list[str]:
        """Every text of a field that can be given several times."""
        return [value.strip() for key, value in self._pairs if key == name and value.strip()]

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return any(key == name for key, _ in self._pairs)

    def pairs(self) -> list[tuple[str, str]]:
        """Every field and text as sent, without the CSRF secret."""
        return [(key, value) for key, value in self._pairs if key != CSRF_FIELD]

    def as_dict(self) -> dict[str, list[str]]:
        """All fields, for a form that is rendered again as it was filled in."""
        return {key: self.all(key) for key, _ in self._pairs if key != CSRF_FIELD}


class FieldReader:
    """Reads fields one by one and collects a fault for each that cannot be read."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.faults: list[Fault] = []

    def text(self, name: str) -> str | None:
        """The field's first text; None when it is missing or empty."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        """Every text of the field that is not empty."""
        return [text.strip() for text in self._fields.get(name, ()) if text.strip()]

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.all(name))

    def number(self, name: str, most: int, fault: str) -> int | None:
        """A whole number from 0 to `most`; anything else is the fault `fault` and gives None."""
        text = self.text(name)
        if text is None:
            return None
        # `isdigit` alone also accepts superscripts and other scripts' digits, which `int` refuses or reads.
        if not (
            text.isascii() and text.isdigit() and len(text) <= max(3, len(str(most))) and int(text) <= most
        ):
            self.fault(name, fault)
            return None
        return int(text)

    def fault(self, name: str, text: str) -> None:
        """Note that the field is wrong."""
        self.faults.append(Fault(name, text))


def local_moment(typed: str | None) -> datetime | None:
    """`2026-03-10T14:00` from a browser's field as a moment in Copenhagen. Raises ValueError when unreadable.

    None for an empty field. A text with an offset of its own keeps it.
    """
    if not typed:
        return None
    moment = datetime.fromisoformat(typed)
    return moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)
