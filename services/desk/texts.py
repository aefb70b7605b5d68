"""What people read, by language. Danish first; another language is another file."""

from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "texts"


def read_texts(language: str = "da") -> dict[str, Any]:
    """All texts of a language, as the templates know them."""
    texts: dict[str, Any] = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return texts
