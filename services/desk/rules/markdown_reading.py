"""Reads the Markdown that triage writes of a rule set into its title, paragraphs, table and lists.

Only what triage writes is read: one title, paragraphs, one table, and headings with lists. Text inside is
plain: the page escapes it, as it escapes everything.
"""

import re
from dataclasses import dataclass, field

#: A bar between two cells; one with a backslash before it belongs to the text.
_BAR = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([\\|])")


@dataclass
class Section:
    """A heading and the items below it."""

    heading: str
    items: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """A document: `columns` and `rows` are its table's, each row with as many cells as there are columns."""

    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def read_markdown(text: str) -> Reading:
    """The parts of the document. What is none of them is a paragraph."""
    found = Reading()
    for line in filter(None, text.splitlines()):
        if line.startswith("# "):
            found.title = line[2:]
        elif line.startswith("## "):
            found.sections.append(Section(_plain(line[3:])))
        elif line.startswith("- ") and found.sections:
            found.sections[-1].items.append(_plain(line[2:]))
        elif line.startswith("|"):
            _row(line, found)
        else:
            found.paragraphs.append(_plain(line))
    return found


def _row(line: str, found: Reading) -> None:
    cells = [_plain(cell.strip()) for cell in _BAR.split(line.removeprefix("|").rstrip().removesuffix("|"))]
    if not found.columns:
        found.columns = cells
    elif any(cell.strip("-:") for cell in cells):
        found.rows.append(cells)


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text.replace("&lt;", "<"))
