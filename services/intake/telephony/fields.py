"""The fields of a request, whether they came as a query, a form, a multipart form or JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from services.intake.telephony.forms import Uninterpretable

Pairs = Sequence[tuple[str, str]]
#: No exchange has so many things to say of one call.
MOST_FIELDS = 200
_PART_NAME = re.compile(
    rb'^content-disposition:[^\r\n]*?[; ]name="([^"\r\n]*)"', re.IGNORECASE | re.MULTILINE
)


class Fields:
    """What a request says, by name; `user[]` and `user` are one name. Blank is the same as not told."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        told = ((name.partition("[")[0].strip(), value.strip()) for name, value in pairs)
        self.pairs = [(name, value) for name, value in told if name and value]

    def every(self, name: str) -> list[str]:
        """All that is told by that name, each once, in the order told."""
        return list(dict.fromkeys(value for told, value in self.pairs if told == name))

    def one(self, name: str) -> str | None:
        """What is told by that name; None for nothing. Raises Uninterpretable for two different things."""
        values = self.every(name)
        if len(values) > 1:
            # Whoever reads the first and whoever reads the last would believe two different calls.
            raise Uninterpretable("ambiguous-field")
        return values[0] if values else None


def query_pairs(query: Pairs) -> Pairs:
    """The pairs of a query. Raises Uninterpretable where they are too many, or no UTF-8."""
    for pair in query:
        _decoded("".join(pair).encode("utf-8", "surrogateescape"))
    return _bounded(query)


def body_pairs(media_type: str, body: bytes) -> Pairs:
    """The pairs in a body. Raises Uninterpretable where it cannot be read as what it says it is."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _bounded(list(_json_pairs(_decoded(body))))
    if kind == "multipart/form-data":
        return _bounded(list(_part_pairs(media_type, body)))
    text = _decoded(body)
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except UnicodeDecodeError:
        raise Uninterpretable("not-utf-8") from None
    except ValueError:
        raise Uninterpretable("too-many-fields") from None


def _bounded(pairs: Pairs) -> Pairs:
    if len(pairs) > MOST_FIELDS:
        raise Uninterpretable("too-many-fields")
    return pairs


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise Uninterpretable("not-utf-8") from None


class _Members(list[tuple[str, Any]]):
    """A JSON object that still knows of a name that stood in it twice."""


def _json_pairs(text: str) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(text, object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        raise Uninterpretable("not-json") from None
    if not isinstance(document, _Members):
        raise Uninterpretable("not-an-object")
    for name, value in document:
        for one in value if type(value) is list else [value]:
            # What is nested deeper is nothing that these forms speak of; true and null are not texts either.
            if isinstance(one, str) or (isinstance(one, int | float) and not isinstance(one, bool)):
                yield name, str(one)


def _part_pairs(media_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    header = Message()
    header["content-type"] = media_type
    boundary = header.get_boundary()
    if not boundary:
        raise Uninterpretable("no-boundary")
    for part in body.split(b"--" + boundary.encode("utf-8", "replace"))[1:]:
        head, blank_line, content = part.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head)
        if blank_line and name is not None:
            yield _decoded(name.group(1)), _decoded(content.removesuffix(b"\r\n"))
