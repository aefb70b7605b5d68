"""What people read, by language. Danish first; another language is another file."""

from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "texts"


def read_texts(language: str = "da") -> dict[str, Any]:
    """All texts of a language, as the templates know them: the common ones, and each page's by its file."""
    texts: dict[str, Any] = _read(_FOLDER / f"{language}.yaml")
    return texts | {file.stem: _read(file) for file in sorted((_FOLDER / language).glob("*.yaml"))}


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
