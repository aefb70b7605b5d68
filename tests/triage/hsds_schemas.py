"""The published schemas of HSDS, where they are there to check answers against."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

PUBLISHED = Path(__file__).parents[3] / "shared" / "hsds"


def schema(name: str) -> Draft202012Validator:
    """The published schema of that name; the test is skipped where there is none."""
    if not PUBLISHED.exists():
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ
        pytest.skip("the schemas of HSDS are not here")
    read = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    if name == "taxonomy_term":
        read["properties"]["taxonomy_detail"] = json.loads((PUBLISHED / "taxonomy.json").read_text())
        for part in (read, read["properties"]["taxonomy_detail"]):
            part["properties"].pop("metadata", None)
    if name == "taxonomy":
        read["properties"].pop("metadata", None)
    return Draft202012Validator(read, format_checker=FormatChecker())


def faults(validator: Draft202012Validator, document: Any) -> list[str]:
    """Where the document is not what the schema wants."""
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
