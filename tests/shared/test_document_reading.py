"""Documents that people send are read with their lines, and those that would do harm are not read at all."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.parsing.documents import (
    DEEPEST,
    MOST_VALUES,
    UnreadableDocumentError,
    read_json,
    read_yaml,
)

_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)


def bomb(levels: int) -> str:
    """Nine aliases on each level: 9 ** levels values in a few lines."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\nb: [1\n", "not YAML", 3),
        ("a: 1\nb: 2\na: 3\n", "the key stands twice: a", 3),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "the key stands twice: c", 4),
        ("a: 1\n1: 2\n", "a key is a text", 2),
        ("a: 1\n? [x]\n: 2\n", "a key is a text", 2),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", "merge keys", 3),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "tags are not taken", 2),
        ("a: !!binary aGVq\n", "tags are not taken", 1),
        ("a: &a\n  - *a\n", "the alias stands inside what it names", 2),
        ("a: 1\nb: 2025-13-45\n", "cannot be read", 2),
        ("a: " + "9" * 10_000, "cannot be read", 1),
        ('a: 1\nb: "\\0"\n', "cannot be stored", 2),
        ("a: 1\n---\nb: 2\n", "not YAML", 2),
        ("", "empty", None),
        ("a: \x01", "no text has", None),
        (bomb(9), "more than", 5),
        ("[" * 100_000, "nested deeper", 1),
        ("a: " + "{a: " * 60 + "1" + "}" * 60, "nested deeper", 1),
    ],
)
def test_harmful_yaml_is_refused_with_its_line(text: str, message: str, line: int | None) -> None:
    started = time.perf_counter()
    with pytest.raises(UnreadableDocumentError, match=message) as refused:
        read_yaml(text)
    assert refused.value.line == line
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ('{"a": 1, "a": 2}', "the key stands twice: a"),
        ("[NaN]", "NaN is not a number"),
        ("[" * 100_000, "nested deeper"),
        ("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "nested deeper"),
        ('{"a": "\\u0000"}', "cannot be stored"),
        ('{"\\ud800": 1}', "cannot be stored"),
        ("[" + "1," * MOST_VALUES + "1]", "more than"),
        ("9" * 10_000, "digits"),
    ],
)
def test_harmful_json_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=message):
        read_json(text)


def test_aliases_that_stay_small_are_taken() -> None:
    assert read_yaml("a: &a [1, 2]\nb: *a\n").content == {"a": [1, 2], "b": [1, 2]}


def test_a_place_leads_to_the_line_of_its_key() -> None:
    document = read_yaml("rows:\n  - number: 1\n    when:\n      fact: age\n      below: x\n")
    location = ("rows", 0, "when", "fact", "below")
    assert document.place_of(location) == ("rows", 0, "when", "below")
    assert document.line_of(("rows", 0, "when", "below")) == 5
    assert document.line_of(("rows", 0, "missing")) == 2


@given(_VALUES)
def test_whatever_json_can_say_is_read_as_it_was_meant(value: object) -> None:
    assert read_json(json.dumps(value)).content == value


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_no_text_makes_the_reader_fail_in_any_other_way(text: str) -> None:
    for read in (read_yaml, read_json):
        with suppress(UnreadableDocumentError):
            assert read(text).place_of(()) == ()
