"""What triage finds wrong with a rule set that somebody wrote: each fault at its line, in Danish."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)

#: What triage says, as a pattern, and how that is said in Danish; `{0}` is the pattern's first group.
Phrases = Iterable[Mapping[str, str]]


@dataclass(frozen=True)
class LineFault:
    """One fault. `line` is None where it is in no line; `said` is Danish unless `foreign`."""

    line: int | None
    place: str
    said: str
    foreign: bool = False


def faults_of(document: Mapping[str, Any], phrases: Phrases) -> list[LineFault]:
    """The faults of a problem document, in the order they are told."""
    errors = document.get("errors")
    return [_fault(error, phrases) for error in errors] if isinstance(errors, list) else []


def _fault(error: Mapping[str, Any], phrases: Phrases) -> LineFault:
    message = str(error.get("message", ""))
    found = _LINE.fullmatch(message)
    line, told = (int(found[1]), found[2]) if found else (None, message)
    danish = in_danish(told, phrases)
    return LineFault(line, str(error.get("pointer", "")), danish or told, foreign=danish is None)


def in_danish(message: str, phrases: Phrases) -> str | None:
    """The message in Danish; None where it has no words of its own."""
    for phrase in phrases:
        if found := re.fullmatch(phrase["says"], message, re.DOTALL):
            return phrase["text"].format(*found.groups())
    return None


def changed_lines(mine: str, stored: str, most: int = 200) -> Sequence[str]:
    """Where what is stored differs from what somebody wrote: `-` is theirs, `+` is what is stored."""
    lines = difflib.unified_diff(mine.splitlines(), stored.splitlines(), lineterm="", n=1)
    return [line for line in lines if not line.startswith(("---", "+++"))][:most]
