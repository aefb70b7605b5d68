"""The pages' texts by language. Danish comes first; another language is another file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

#: Texts by key, nested as the YAML files are.
Texts = Mapping[str, Any]

_FOLDER = Path(__file__).parent / "texts"


def read_texts(language: str = "da") -> Texts:
    """All texts of a language: the common ones, and each page's under the name of its file."""
    pages = sorted((_FOLDER / language).glob("*.yaml"))
    return {**_read(_FOLDER / f"{language}.yaml"), **{file.stem: _read(file) for file in pages}}


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
