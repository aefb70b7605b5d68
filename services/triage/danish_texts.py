"""The Danish sentences of triage, from the YAML files in `texts/`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "texts"


@cache
def danish_texts(name: str) -> dict[str, Any]:
    """The sentences of one file, by section and name; those in braces are filled in where they are used."""
    texts: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return texts
