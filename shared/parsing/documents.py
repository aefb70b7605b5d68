"""YAML and JSON documents that people send, read with the place and the line of every value.

A document may be malicious: aliases that multiply, endless nesting, tags that make objects, duplicate keys.
Each of them is refused before any value is built, in YAML with its line.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

#: Far deeper than any rule is nested, and shallow enough for the recursion of validation.
DEEPEST = 40
#: The most values in a document, with each alias counted as the values that it repeats.
MOST_VALUES = 50_000

Place = tuple[str | int, ...]


class UnreadableDocumentError(Exception):
    """The document cannot be read. `place` is where; `line` counts from 1, and is None for JSON."""

    def __init__(self, message: str, place: Place = (), line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.line = line


@dataclass
class Document:
    """A document's content, and the line of each value in it (YAML only)."""

    content: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def place_of(self, location: Place) -> Place:
        """The place in the document of a location that pydantic reports.

        Pydantic's locations also name the union member it tried; steps that are not in the document are left
        out.
        """
        place: list[str | int] = []
        part = self.content
        for step, following in zip(location, (*location[1:], None), strict=False):
            if isinstance(part, dict) and step in part:
                if following in part and not isinstance(part[step], dict | list):
                    continue
                part = part[step]
            elif isinstance(part, list) and isinstance(step, int) and step < len(part):
                part = part[step]
            else:
                continue
            place.append(step)
        return tuple(place)

    def line_of(self, place: Place) -> int | None:
        """The line of this place, or of the nearest value around it."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None


def read_json(text: str) -> Document:
    """Read JSON. Raises UnreadableDocumentError."""
    try:
        content = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UnreadableDocumentError(f"not JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise UnreadableDocumentError(_TOO_DEEP) from error
    except ValueError as error:
        raise UnreadableDocumentError(str(error)) from error
    document = Document(content)
    for count, (place, value) in enumerate(_walk((), content, 0)):
        if count > MOST_VALUES:
            raise UnreadableDocumentError(_TOO_MANY)
        _refuse_odd_text(value, place, None)
    return document


_TOO_DEEP = f"nested deeper than {DEEPEST} levels"
_TOO_MANY = f"more than {MOST_VALUES} values, with every alias counted as what it stands for"


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise UnreadableDocumentError(f"the key stands twice: {twice}")
    return made


def _no_constant(name: str) -> Any:
    raise UnreadableDocumentError(f"{name} is not a number")


def _walk(place: Place, value: Any, depth: int) -> Iterator[tuple[Place, Any]]:
    if depth > DEEPEST:
        raise UnreadableDocumentError(_TOO_DEEP, place[:5])
    yield place, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inner:
        _refuse_odd_text(step, place, None)
        yield from _walk((*place, step), part, depth + 1)


def read_yaml(text: str) -> Document:
    """Read YAML. Raises UnreadableDocumentError."""
    try:
        _refuse_malicious(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise UnreadableDocumentError(f"not YAML: {error.problem}", line=line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableDocumentError("not YAML: it holds characters that no text has") from error
    if node is None:
        raise UnreadableDocumentError("the document is empty")
    lines: dict[Place, int] = {}
    return Document(_Builder(lines).value(node, ()), lines)


@dataclass
class _Anchored:
    """A value that an alias may repeat: how many values it has in it, and whether it has ended."""

    values: int = 0
    complete: bool = False


def _refuse_malicious(text: str) -> None:
    """Go through the document's events, which builds no values, and count what it would expand to."""
    parts: list[_Anchored] = [_Anchored()]
    anchors: dict[str, _Anchored] = {}
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if getattr(event, "tag", None) is not None:
            raise UnreadableDocumentError("tags are not taken: write the value alone", line=line)
        _count(event, parts, anchors, line)
        if len(parts) > DEEPEST + 1:
            raise UnreadableDocumentError(_TOO_DEEP, line=line)
        if parts[-1].values > MOST_VALUES:
            raise UnreadableDocumentError(_TOO_MANY, line=line)


def _count(event: yaml.Event, parts: list[_Anchored], anchors: dict[str, _Anchored], line: int) -> None:
    if isinstance(event, yaml.AliasEvent):
        named = anchors.get(str(event.anchor))
        if named is None or not named.complete:
            raise UnreadableDocumentError(f"the alias stands inside what it names: {event.anchor}", line=line)
        parts[-1].values += named.values
    elif isinstance(event, yaml.NodeEvent):
        part = _Anchored(1, complete=isinstance(event, yaml.ScalarEvent))
        if event.anchor is not None:
            anchors[event.anchor] = part
        if part.complete:
            parts[-1].values += 1
        else:
            parts.append(part)
    elif isinstance(event, yaml.CollectionEndEvent):
        part = parts.pop()
        part.complete = True
        parts[-1].values += part.values


class _Builder:
    """Builds plain values from a composed document, and records their lines."""

    def __init__(self, lines: dict[Place, int]) -> None:
        self._lines = lines
        self._scalars = SafeConstructor()

    def value(self, node: yaml.Node, place: Place) -> Any:
        self._lines[place] = node.start_mark.line + 1
        if len(place) > DEEPEST:
            raise UnreadableDocumentError(_TOO_DEEP, place[:5], self._lines[place])
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(part, (*place, position)) for position, part in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._scalar(key_node, place) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                raise UnreadableDocumentError("a key is a text", place, line)
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise UnreadableDocumentError("merge keys (<<) are not taken", place, line)
            if key in made:
                raise UnreadableDocumentError(f"the key stands twice: {key}", (*place, key), line)
            made[key] = self.value(value_node, (*place, key))
            # A fault of a value is reported at its key: a long value starts on a later line.
            self._lines[(*place, key)] = line
        return made

    def _scalar(self, node: yaml.Node, place: Place) -> Any:
        line = node.start_mark.line + 1
        if node.tag == "tag:yaml.org,2002:merge":
            return node.value
        try:
            value = self._scalars.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError) as error:
            raise UnreadableDocumentError("the value cannot be read", place, line) from error
        _refuse_odd_text(value, place, line)
        return value


def _refuse_odd_text(value: object, place: Place, line: int | None) -> None:
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise UnreadableDocumentError("a text holds a character that cannot be stored", place, line)
