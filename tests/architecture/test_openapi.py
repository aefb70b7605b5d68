"""The OpenAPI documents say what a client needs, in a form other tools accept."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.apps import SERVICES, apps

pytestmark = pytest.mark.slow


TOOLS = Path(__file__).parents[1] / "tools"
REDOCLY = TOOLS / "node_modules/.bin/redocly"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    made = apps(tmp_path_factory.mktemp("openapi"))
    return {name: json.loads(json.dumps(made[name].openapi())) for name in SERVICES}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_summary_description_tags_and_an_id_of_its_own(
    documents: dict[str, dict[str, Any]], service: str
) -> None:
    found = list(operations(documents[service]))
    poor = [
        name
        for name, operation in found
        if not (operation.get("summary") and operation.get("description") and operation.get("tags"))
    ]
    assert not poor
    ids = [operation["operationId"] for _, operation in found]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_declares_its_problems(documents: dict[str, dict[str, Any]], service: str) -> None:
    for name, operation in operations(documents[service]):
        answers = operation["responses"]
        assert "503" in answers, name
        if operation.get("security"):
            assert {"401", "403"} <= set(answers), name
        for status, answer in answers.items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], f"{name} {status}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_body_has_an_example(documents: dict[str, dict[str, Any]], service: str) -> None:
    document = documents[service]
    poor = []
    for name, operation in operations(document):
        bodies = [
            operation.get("requestBody", {}),
            *(a for s, a in operation["responses"].items() if s < "300"),
        ]
        for body in bodies:
            media = body.get("content", {}).values()
            poor += [name for part in media if not has_example(part, document)]
    assert not poor


def has_example(part: Any, document: dict[str, Any], seen: frozenset[str] = frozenset()) -> bool:
    """Whether there is an example in this part of a document, or in what it refers to."""
    if isinstance(part, list):
        return any(has_example(item, document, seen) for item in part)
    if not isinstance(part, dict):
        return False
    # A constant or an enumeration is its own example; so is a text without form.
    if {"example", "examples", "const", "enum", "default"} & part.keys() or part == {"type": "string"}:
        return True
    reference = part.get("$ref")
    if reference is not None and reference not in seen:
        target = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
        return has_example(target, document, seen | {reference})
    return any(has_example(item, document, seen) for item in part.values())


@pytest.mark.parametrize("service", SERVICES)
def test_redocly_finds_nothing_to_complain_about(
    documents: dict[str, dict[str, Any]], service: str, tmp_path: Path
) -> None:
    if not REDOCLY.exists() or shutil.which("node") is None:
        assert "DSI_TEST_NOTHING_SKIPPED" not in os.environ, "npm ci --prefix tests/tools comes first"
        pytest.skip("Redocly is not installed: npm ci --prefix tests/tools")
    file = tmp_path / f"{service}.json"
    file.write_text(json.dumps(documents[service]))
    config = TOOLS / "redocly.yaml"
    command = [str(REDOCLY), "lint", str(file), "--config", str(config), "--format", "stylish"]
    environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "warning" not in run.stdout.lower(), run.stdout
