"""A rule set that was sent or is in a file, parsed with the place of each fault in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from pydantic import ValidationError

from services.triage.rules.rulebook import Rulebook
from services.triage.rules.ruleset import RuleSet
from services.triage.rules.unknowns import ASKING_ORDER
from shared.parsing.documents import (
    Document,
    Place,
    UnreadableDocumentError,
    read_json,
    read_yaml,
)

#: Rule set 1 has 25,000 bytes; two hundred rows have ten times as many.
MOST_BYTES = 512 * 1024
#: Further faults are left out: an author corrects these first.
MOST_FAULTS = 50

Form = Literal["json", "yaml"]

#: The texts that a rule set must have, and the names that each may have in braces.
_TEXTS: dict[str, frozenset[str]] = {
    "ask": frozenset(),
    "cannot_be_known": frozenset(),
    "offer": frozenset({"name", "ages", "needs", "step"}),
    "offer_in_turn": frozenset({"name", "ages", "needs", "step"}),
    "ages_all": frozenset(),
    "ages_from": frozenset({"first", "last"}),
    "ages_to": frozenset({"first", "last"}),
    "ages_between": frozenset({"first", "last"}),
}


@dataclass(frozen=True)
class Fault:
    """One fault of a document: where (JSON pointer, and in YAML the line), and what it is."""

    pointer: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.pointer or "the whole document"
        return f"{where}{'' if self.line is None else f' (line {self.line})'}: {self.message}"


class FaultyRulesetError(Exception):
    """What was sent is not a valid rule set. `faults` are in the order of the document."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class Written:
    """A rule set, and the text it was read from when that was YAML, with its comments."""

    ruleset: RuleSet
    source: str | None


def parse_ruleset(body: bytes, form: Form) -> Written:
    """Parse a rule set of at most MOST_BYTES. Raises FaultyRulesetError.

    Takes up to some tenths of a second, so call it in a thread and not in the event loop.
    """
    try:
        text = body.decode("utf-8")
        document = read_yaml(text) if form == "yaml" else read_json(text)
    except UnicodeDecodeError as error:
        raise FaultyRulesetError([Fault("", "the document is not UTF-8")]) from error
    except UnreadableDocumentError as error:
        raise FaultyRulesetError([Fault(_pointer(error.place), error.message, error.line)]) from error
    return Written(_ruleset_of(document), text if form == "yaml" else None)


def parse_ruleset_file(path: Path) -> Written:
    """Parse a rule set file. Raises FaultyRulesetError or OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise FaultyRulesetError([Fault("", f"larger than {MOST_BYTES} bytes")])
    return parse_ruleset(path.read_bytes(), "json" if path.suffix == ".json" else "yaml")


def _ruleset_of(document: Document) -> RuleSet:
    try:
        ruleset = RuleSet.model_validate(document.content)
    except ValidationError as error:
        misnumbered = list(_misnumbered(document.content))
        # RuleSet's own error about wrong numbers has no place; each wrong number is reported with its place.
        rest = [_place_and_message(one) for one in _causes(error.errors()) if one["loc"] or not misnumbered]
        raise FaultyRulesetError(_in_order(document, [*rest, *misnumbered])) from error
    if faults := _in_order(document, _inconsistencies(document.content, ruleset)):
        raise FaultyRulesetError(faults)
    Rulebook(ruleset)
    return ruleset


def _causes(errors: Sequence[Any]) -> Iterator[Any]:
    """Without consequential errors: pydantic calls a list too short when its values were refused."""
    for error in errors:
        place = error["loc"]
        inside = any(other["loc"][: len(place)] == place for other in errors if other is not error)
        if error["type"] != "too_short" or not inside:
            yield error


def _place_and_message(error: Any) -> tuple[Place, str]:
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        message = f"{error['loc'][-1]} is missing"
    elif error["type"] == "extra_forbidden":
        message = f"there is no such field here: {error['loc'][-1]}"
    elif error["type"] == "enum":
        message = "there is no such code"
    return error["loc"], message


def _misnumbered(content: Any) -> Iterator[tuple[Place, str]]:
    rows = content.get("rows") if isinstance(content, dict) else None
    for position, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict) and row.get("number") != position + 1:
            yield ("rows", position, "number"), f"this is row {position + 1}, and must be numbered so"


def _in_order(document: Document, faults: Iterable[tuple[Place, str]]) -> list[Fault]:
    found = []
    for location, message in faults:
        place = document.place_of(location)
        found.append(Fault(_pointer(place), message, document.line_of(place)))
    return sorted(found, key=lambda fault: fault.line or 0)[:MOST_FAULTS]


def _pointer(place: Place) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)


def _inconsistencies(content: Any, ruleset: RuleSet) -> Iterator[tuple[Place, str]]:
    """Names used before they are defined (so none can use itself), and texts that are missing or wrong."""
    yield from _names(content, "definitions", "holds")
    yield from _names(content, "units", "named")
    for fact in ASKING_ORDER:
        if fact not in ruleset.questions:
            yield ("questions",), f"there is no question for {fact}"
    for name, fills in _TEXTS.items():
        if name not in ruleset.texts:
            yield ("texts",), f"{name} is missing"
        elif not _fits(ruleset.texts[name], fills):
            yield ("texts", name), f"only these can be filled in: {', '.join(sorted(fills)) or 'nothing'}"


def _names(content: Any, section: str, key: str) -> Iterator[tuple[Place, str]]:
    """Every name under `key` must be defined in `section`, and there above the place that names it."""
    defined = content.get(section, {})
    known: set[str] = set()
    for name, part in defined.items():
        for place, named in _under(key, part, (section, name)):
            if named not in known:
                yield place, f"{named} is not defined above this place"
        known.add(name)
    for part_name, part in content.items():
        if part_name != section:
            for place, named in _under(key, part, (part_name,)):
                if named not in known:
                    yield place, f"{named} is not defined"


def _under(key: str, part: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == key and isinstance(value, str):
                yield (*place, name), value
            else:
                yield from _under(key, value, (*place, name))
    elif isinstance(part, list):
        for position, value in enumerate(part):
            yield from _under(key, value, (*place, position))


def _fits(template: str, fills: frozenset[str]) -> bool:
    """Whether the template has only these names in braces, without any formatting."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return False
    return all(name is None or (name in fills and not spec and not how) for _, name, spec, how in parts)
