"""Triage's faults in a rule set that was written as a file: each at its line, in Danish."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Triage's message as a pattern (`says`), and its Danish `text`; `{0}` is the pattern's first group.
Phrases = Iterable[Mapping[str, str]]


@dataclass(frozen=True)
class LineFault:
    """One fault. `line` is None when it belongs to no line; `text` is Danish unless `foreign`."""

    line: int | None
    place: str
    text: str
    foreign: bool = False


def faults_of(errors: Iterable[Mapping[str, Any]], phrases: Phrases) -> list[LineFault]:
    """The faults of a problem document's `errors`, in their order."""
    return [_fault(error, phrases) for error in errors]


def _fault(error: Mapping[str, Any], phrases: Phrases) -> LineFault:
    # `message` has the line in it, `reason` has not; other faults than of the file have no reason.
    text = str(error.get("reason") or error.get("message", ""))
    danish = in_danish(text, phrases)
    return LineFault(error.get("line"), str(error.get("pointer", "")), danish or text, foreign=danish is None)


def in_danish(message: str, phrases: Phrases) -> str | None:
    """The message in Danish; None where the texts have no phrase for it."""
    for phrase in phrases:
        if found := re.fullmatch(phrase["says"], message, re.DOTALL):
            return phrase["text"].format(*found.groups())
    return None


def changed_lines(mine: str, stored: str, most: int = 200) -> Sequence[str]:
    """Where the stored text differs from the user's: `-` is the user's line, `+` the stored one."""
    lines = difflib.unified_diff(mine.splitlines(), stored.splitlines(), lineterm="", n=1)
    return [line for line in lines if not line.startswith(("---", "+++"))][:most]
