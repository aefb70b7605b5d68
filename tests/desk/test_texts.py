"""The Danish texts are whole: YAML cuts an unquoted text in braces at its first comma."""

from collections.abc import Iterator
from typing import Any

from services.desk.texts import read_texts


def cut(texts: Any, place: str = "") -> Iterator[str]:
    if isinstance(texts, dict):
        for key, value in texts.items():
            if value is None:
                yield f"{place}/{key}"
            yield from cut(value, f"{place}/{key}")


def test_no_text_is_cut_at_a_comma() -> None:
    assert list(cut(read_texts())) == []
    assert list(cut({"a": {"text": "Fejlen er vores", "og den er skrevet ned.": None}})) == [
        "/a/og den er skrevet ned."
    ]
