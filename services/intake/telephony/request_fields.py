"""The fields of a request, whether they came as a query, a form, a multipart form or JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from services.intake.telephony.forms import Uninterpretable

Pairs = Sequence[tuple[str, str]]
#: No exchange reports so many fields about one call.
MOST_FIELDS = 200
_PART_NAME = re.compile(
    rb'^content-disposition:[^\r\n]*?[; ]name="([^"\r\n]*)"', re.IGNORECASE | re.MULTILINE
)


class Fields:
    """A request's fields by name; `user[]` and `user` are one name. A blank field is the same as none."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        stripped = ((name.partition("[")[0].strip(), value.strip()) for name, value in pairs)
        self.pairs = [(name, value) for name, value in stripped if name and value]

    def get_all(self, name: str) -> list[str]:
        """All values of that name, each once, in the order they came."""
        return list(dict.fromkeys(value for key, value in self.pairs if key == name))

    def get(self, name: str) -> str | None:
        """The value of that name, or None. Raises Uninterpretable where there are two different ones."""
        values = self.get_all(name)
        if len(values) > 1:
            # One reader would take the first, another the last, and they would derive two different calls.
            raise Uninterpretable("ambiguous-field")
        return values[0] if values else None


def query_pairs(query: Pairs) -> Pairs:
    """The pairs of a query. Raises Uninterpretable where they are too many, or not UTF-8."""
    for pair in query:
        _decoded("".join(pair).encode("utf-8", "surrogateescape"))
    return _bounded(query)


def body_pairs(media_type: str, body: bytes) -> Pairs:
    """The pairs in a body. Raises Uninterpretable where it is not what its media type says."""
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
    """The members of a JSON object; unlike a dict it keeps both of two members of one name."""


def _json_pairs(text: str) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(text, object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        raise Uninterpretable("not-json") from None
    if not isinstance(document, _Members):
        raise Uninterpretable("not-an-object")
    for name, value in document:
        for one in value if type(value) is list else [value]:
            # These forms nest nothing deeper, and use neither booleans nor null as values.
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
