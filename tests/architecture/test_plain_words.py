"""Words that the code does not use: each was a figure of speech, or stood for several things at once.

Names, docstrings and comments say what a thing is in the field's ordinary words (docs/architecture.md). A
text that staff or citizens read is data and not looked at here.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "services",
    "shared",
    "city_week",
    "exchange_follower",
    "research_calls",
    "benchmarks",
    "migrations",
    "tests",
)

#: Whole words in names, docstrings and comments, each with what to say instead.
WORDS = {
    "told": "what it is: stored, received, reported, published, parsed, headers, settings",
    "tell": "store, send, publish, report, return or say",
    "tells": "stores, sends, publishes, reports, returns or says",
    "telling": "storing, sending, publishing, reporting, returning",
    "untold": "unknown, not reported",
    "whoever": "any caller, the person who, each user that",
    "whomever": "any caller, the person who",
    "anew": "again",
    "hear": "receive, learn, read",
    "hears": "receives, learns, reads",
    "heard": "received, known",
    "stands": "is, is stored",
    "wish": "body, request",
    "wishes": "asks for, requests",
    "said": "personal data, stored, given",
    "heeded": "checked, followed",
    "deed": "action",
    "deeds": "actions",
    "gatherer": "group committer",
    "gathered": "collected",
    "sitting": "page request",
    "harmed": "rolled back, affected",
    "spared": "saved, left out",
    "lookers": "followers, readers",
}
#: Whole parts of names that hide what the thing is. In a sentence they are ordinary English.
NAME_PARTS = {
    "asked": "filters, questions, requested",
    "showing": "rendering",
    "shown": "rendered, context, displayed",
    "keeping": "cache, storage",
}
#: Names that other systems or stored data fix, with the reason.
FIXED = {
    "said": "a column of intake's contacts, in stored data",
    "said_key": "a column of intake's contacts, in stored data",
    "told_at": "a column of triage's referrals and a field of the API",
    "told_by": "a column of triage's referrals",
}

_PART = re.compile(r"[a-z]+|[A-Z][a-z]*")


def python_files() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return [ROOT / "start.py", *sorted(path for path in found if "node_modules" not in path.parts)]


def words_of(text: str) -> Iterator[str]:
    yield from re.findall(r"[a-z]+", text.lower())


def names_and_sentences(source: str) -> Iterator[tuple[int, str, bool]]:
    """Each name and each docstring or comment, with its line and whether it is a name."""
    docstrings = {
        node.body[0].lineno: node.body[0].end_lineno or node.body[0].lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string, True
        elif token.type == tokenize.COMMENT or (
            token.type == tokenize.STRING and token.start[0] in docstrings
        ):
            for offset, line in enumerate(token.string.splitlines()):
                yield token.start[0] + offset, line, False


def violations(source: str) -> Iterator[tuple[int, str]]:
    """Each line and word of the source that is on the lists."""
    for line, text, is_name in names_and_sentences(source):
        if is_name and text in FIXED:
            continue
        parts = [part.lower() for part in _PART.findall(text)] if is_name else list(words_of(text))
        for part in parts:
            if part in WORDS or (is_name and part in NAME_PARTS):
                yield line, part


@pytest.mark.parametrize("folder", [*FOLDERS, "start.py"])
def test_the_code_says_it_in_plain_words(folder: str) -> None:
    found = [
        (f"{path.relative_to(ROOT)}:{line}: {word}", word)
        for path in python_files()
        if path.relative_to(ROOT).parts[0] == folder
        for line, word in violations(path.read_text(encoding="utf-8"))
    ]
    instead = {word: (WORDS | NAME_PARTS)[word] for _, word in found}
    places = "\n".join(place for place, _ in found)
    assert not found, f"{len(found)} places; say instead: {instead}\n{places}"


def test_the_check_finds_names_docstrings_and_comments_and_no_other_text() -> None:
    source = '''
class Told:
    """Whoever is told."""

    def is_heard(self):  # stands here
        return "nobody was told"
'''
    found = [word for _, word in violations(source)]
    assert found == ["told", "whoever", "told", "heard", "stands"]
