"""The OpenAPI document, so that it says what really happens: problems, not FastAPI's own error form."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.access import public
from shared.problems import (
    Forbidden,
    InvalidInput,
    ProblemDocument,
    TooLarge,
    Unauthenticated,
    Unavailable,
    answers,
)

#: What any route can answer beside its own problems.
_EVERYWHERE = answers(Unavailable)
_WITH_TOKEN = answers(Unauthenticated, Forbidden)
_WITH_INPUT = answers(InvalidInput)
_WITH_BODY = answers(TooLarge)


def describe_openapi(app: FastAPI) -> None:
    """Replace `app.openapi` with one that declares problems, and mark FastAPI's own pages as public."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    for route in app.routes:
        if getattr(route, "path", "") in {"/openapi.json", "/docs", "/docs/oauth2-redirect"}:
            public("documentation of the interface; holds no personal data")(route.endpoint)  # type: ignore[attr-defined]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        license_info=app.license_info,
        servers=[{"url": "/"}],
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemDocument"] = problem
    for path in document["paths"].values():
        for operation in path.values():
            _plainly_streamed(operation)
            _declare_problems(operation)
    _drop_unused(schemas, document)
    return document


def _drop_unused(schemas: dict[str, Any], document: dict[str, Any]) -> None:
    """Take out models that nothing refers to, since their type is described as something simpler."""
    while unused := [name for name in schemas if f'/schemas/{name}"' not in json.dumps(document)]:
        for name in unused:
            del schemas[name]


def _plainly_streamed(operation: dict[str, Any]) -> None:
    """OpenAPI 3.1 has no word for a stream's events, which FastAPI describes as 3.2 does: a text it is."""
    for response in operation["responses"].values():
        if "text/event-stream" in response.get("content", {}):
            response["content"] = {"text/event-stream": {"schema": {"type": "string"}}}


def _declare_problems(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    # Stated, so that a reader need not guess whether access control was forgotten.
    operation.setdefault("security", [])
    takes_input = bool(operation.get("parameters") or operation.get("requestBody"))
    for answer in responses.values():
        for part in answer.get("content", {}).values():
            # A keyword of OpenAPI 3.2 in a document of 3.1; the description names the events.
            if part.pop("itemSchema", None) is not None:
                part.setdefault("schema", {"type": "string"})
    responses.pop("422", None) if "HTTPValidationError" in str(responses.get("422")) else None
    declared = dict(_EVERYWHERE)
    if operation.get("security"):
        declared |= _WITH_TOKEN
    if takes_input:
        declared |= _WITH_INPUT
    if operation.get("requestBody"):
        declared |= _WITH_BODY
    for status, response in declared.items():
        responses.setdefault(str(status), response)
    operation["responses"] = dict(sorted(responses.items()))
