"""The desk's models of the services' answers, and its calls, agree with the services' OpenAPI documents."""

import ast
import importlib
import json
import pkgutil
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime, BaseModel

import services.desk
from services.desk.api_clients import SERVICES
from services.desk.api_models import ApiModel, Listing
from services.desk.offers.schemas import CatalogueChange, OfferWithChanges
from services.desk.rendering import templates
from services.desk.triage_models import Need
from tests.architecture.apps import apps

pytestmark = pytest.mark.slow


Schema = Mapping[str, Any]
Documents = Mapping[str, Schema]

#: Fields that a service sends beside its document, each with the reason.
UNDOCUMENTED = {
    (OfferWithChanges, "metadata"): "HSDS's list of changes is added to the service's own answer",
}
#: Where the method, the path and the model are among a client method's arguments, after the service.
_METHODS = {"get": "GET", "fetch": "GET", "text": "GET", "post": "POST", "post_for_any": "POST", "put": "PUT"}
_WITHOUT_MODEL = {"send", "text"}
_OPTIONS = {"once", "reason", "query", "if_match"}


@dataclass(frozen=True)
class Call:
    """A call in the desk's code: `path` has `{}` for what is filled in."""

    place: str
    services: tuple[str, ...]
    method: str
    path: str
    model: Any
    query: frozenset[str]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    made = apps(tmp_path_factory.mktemp("openapi"))
    return {name: json.loads(json.dumps(made[name].openapi())) for name in SERVICES}


def modules() -> Iterator[types.ModuleType]:
    for found in pkgutil.walk_packages(services.desk.__path__, "services.desk."):
        yield importlib.import_module(found.name)


def calls() -> list[Call]:
    return [call for module in modules() for call in calls_of(module)]


def calls_of(module: types.ModuleType) -> Iterator[Call]:
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield from call_of(node, module)


def call_of(node: ast.Call, module: types.ModuleType) -> Iterator[Call]:
    arguments = list(flat(node.args))
    place = f"{module.__name__}:{node.lineno}"
    if isinstance(node.func, ast.Name) and node.func.id == "stream" and len(arguments) > 1:
        yield Call(place, SERVICES, "GET", path_of(arguments[1], place), None, frozenset())
    if not isinstance(node.func, ast.Attribute) or len(arguments) < 2:
        return
    name, (service, *rest) = node.func.attr, arguments
    if name == "send":
        if not isinstance(rest[0], ast.Constant):
            return
        method, rest = str(rest[0].value), rest[1:]
    elif name in _METHODS:
        method = _METHODS[name]
    else:
        return
    if not (isinstance(service, ast.Constant) and service.value in SERVICES) and not is_path(rest[0]):
        return
    called = (str(service.value),) if isinstance(service, ast.Constant) else SERVICES
    model = None if name in _WITHOUT_MODEL else eval(ast.unparse(rest[1]), vars(module))
    yield Call(place, called, method, path_of(rest[0], place), model, query_of(node, name))


def flat(arguments: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """The arguments, with those of `*("triage", "POST", ...)` in their places."""
    for argument in arguments:
        if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Tuple):
            yield from argument.value.elts
        else:
            yield argument


def is_path(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr) and path_of(node, "").startswith("/")


def path_of(node: ast.expr, place: str) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr), f"{place}: the path must be written in the call"
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def query_of(node: ast.Call, name: str) -> frozenset[str]:
    named = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
    if name in {"get", "fetch"}:
        return frozenset(named)
    written = [keyword.value for keyword in node.keywords if keyword.arg == "query"]
    keys = [key for value in written if isinstance(value, ast.Dict) for key in value.keys]
    return frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))


def operations_of(call: Call, document: Schema) -> list[Schema]:
    """The operations that the call can reach: those with a parameter in each gap, else those with a word
    there.
    """
    pattern = re.compile(re.escape(call.path).replace(r"\{\}", "([^/]+)"))
    found = [
        (all(gap.startswith("{") for gap in match.groups()), item[call.method.lower()])
        for path, item in document["paths"].items()
        if (match := pattern.fullmatch(path)) and call.method.lower() in item
    ]
    exact = [operation for is_exact, operation in found if is_exact]
    return exact or [operation for _, operation in found]


def answer_of(operation: Schema) -> Schema | None:
    for status, answer in operation["responses"].items():
        if status.startswith("2") and "application/json" in answer.get("content", {}):
            schema: Schema = answer["content"]["application/json"]["schema"]
            return schema
    return None


class Comparison:
    """Compares annotations with schemas of one document, and collects what differs and which models
    it met.
    """

    def __init__(self, document: Schema) -> None:
        self._document = document
        self.faults: list[str] = []
        self.models: set[type] = set()

    def compare(self, annotation: Any, schema: Schema, place: str) -> None:
        options, is_nullable = self._options(schema)
        kinds, takes_none = without_none(annotation)
        if is_nullable and not takes_none:
            self.faults.append(f"{place}: can be null")
        if not any(self._fits(kinds, option, place) for option in options):
            self.faults.append(f"{place}: {annotation} is not {schema}")

    def _fits(self, kinds: Sequence[Any], schema: Schema, place: str) -> bool:
        return any(self._matches(kind, schema, place) for kind in kinds)

    def _matches(self, kind: Any, schema: Schema, place: str) -> bool:
        if kind is Any:
            return True
        if get_origin(kind) in {list, tuple}:
            is_array = schema.get("type") == "array"
            if is_array:
                self.compare(get_args(kind)[0], schema["items"], f"{place}[]")
            return is_array
        if get_origin(kind) is dict:
            values = schema.get("additionalProperties")
            if isinstance(values, Mapping):
                self.compare(get_args(kind)[1], values, f"{place}{{}}")
            return schema.get("type") == "object"
        if get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
            codes = get_args(kind) or tuple(member.value for member in kind)
            return set(codes) == set(schema.get("enum", [schema.get("const")]))
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self._has_fields(kind, schema, place)
        return is_plain(kind, schema)

    def _has_fields(self, model: type[BaseModel], schema: Schema, place: str) -> bool:
        properties: Mapping[str, Schema] | None = schema.get("properties")
        required: Sequence[str] = schema.get("required", ())
        if properties is None:
            return False
        self.models.update(model.__mro__)
        for own_name, field in model.model_fields.items():
            name = str(field.validation_alias or own_name)
            at = f"{place} {model.__name__}.{name}"
            if (model, name) in UNDOCUMENTED:
                assert name not in properties, f"{at} is documented now"
                continue
            if name not in properties:
                self.faults.append(f"{at}: there is no such field")
                continue
            if name not in required and field.is_required():
                self.faults.append(f"{at}: can be missing")
            self.compare(field.annotation, properties[name], at)
        return True

    def _options(self, schema: Schema) -> tuple[list[Schema], bool]:
        """The schema's alternatives without references, and whether null is one of them."""
        schema = self._resolved(schema)
        options = [self._resolved(each) for each in schema.get("anyOf", [schema])]
        return [each for each in options if each.get("type") != "null"], {"type": "null"} in options

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        found: Schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return self._resolved(found)


def without_none(annotation: Any) -> tuple[list[Any], bool]:
    if get_origin(annotation) not in {Union, types.UnionType}:
        return [annotation], annotation is Any
    kinds = get_args(annotation)
    return [kind for kind in kinds if kind is not type(None)], type(None) in kinds


def is_plain(kind: Any, schema: Schema) -> bool:
    # A moment, a code or an id that the desk only passes on is a text for it.
    moments = {"date-time": {str, AwareDatetime}, "date": {str, date}}
    plain: dict[str, set[Any]] = {
        "string": moments.get(schema.get("format", ""), {str}),
        "integer": {int, float},
        "number": {float},
        "boolean": {bool},
    }
    return kind in plain.get(schema.get("type", ""), set())


def comparisons(documents: Documents) -> Iterator[Comparison]:
    for call in calls():
        for service in call.services:
            for operation in operations_of(call, documents[service]):
                comparison = Comparison(documents[service])
                if call.model is not None:
                    # Explained or not: the answer is one of the documented alternatives.
                    schema = answer_of(operation)
                    assert schema is not None, f"{call.place}: {call.path} has no JSON answer"
                    compare_with_any(comparison, call, schema)
                yield comparison


def compare_with_any(comparison: Comparison, call: Call, schema: Schema) -> None:
    attempts = []
    for option in schema.get("anyOf", [schema]):
        attempt = Comparison(comparison._document)
        attempt.compare(call.model, option, call.place)
        attempts.append(attempt)
    best = min(attempts, key=lambda attempt: len(attempt.faults))
    comparison.faults, comparison.models = best.faults, best.models


def test_every_call_names_a_path_and_method_that_exist(documents: Documents) -> None:
    found = calls()
    assert len(found) > 80
    wrong = [
        f"{call.place}: {call.method} {call.path}"
        for call in found
        # A loop over all services, and the streams, name a path of one service at least.
        if not any(operations_of(call, documents[service]) for service in call.services)
    ]
    assert wrong == []


def test_every_query_parameter_exists(documents: Documents) -> None:
    wrong = []
    for call in calls():
        for service in call.services:
            for operation in operations_of(call, documents[service]):
                known = {parameter["name"] for parameter in operation.get("parameters", ())}
                wrong += [f"{call.place}: {name}" for name in call.query - known]
    assert wrong == []


def test_every_model_has_the_types_of_the_document_that_it_is_read_from(documents: Documents) -> None:
    assert [fault for comparison in comparisons(documents) for fault in comparison.faults] == []


def test_every_model_is_read_from_some_answer(documents: Documents) -> None:
    compared = {model for comparison in comparisons(documents) for model in comparison.models}
    # Read only as a field that no document has.
    assert models() - compared == {CatalogueChange}


def models() -> set[type]:
    list(modules())
    found: set[type] = set()
    waiting: list[type[ApiModel]] = [ApiModel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model.__pydantic_generic_metadata__["origin"]:
            found.add(model)
    return {model for model in found if model.__module__.startswith("services.desk")} - {Listing}


class _Wrong(ApiModel):
    code: int
    label: Literal["a", "b"]
    missing: str
    step: str


def test_the_comparison_finds_a_wrong_type_a_missing_field_other_codes_and_a_null(
    documents: Documents,
) -> None:
    schema = documents["triage"]["paths"]["/v1/needs"]["get"]["responses"]["200"]
    comparison = Comparison(documents["triage"])
    comparison.compare(Listing[_Wrong], schema["content"]["application/json"]["schema"], "needs")
    faults = " | ".join(comparison.faults)
    for name, what in (("code", "is not"), ("label", "is not"), ("missing", "no such"), ("step", "null")):
        assert re.search(rf"_Wrong\.{name}: [^|]*{what}", faults), faults


def test_a_template_that_reads_a_field_which_its_model_lacks_fails() -> None:
    template = templates.env.from_string("{{ queue.nmae }}")
    with pytest.raises(TypeError, match="Need has no field nmae"):
        template.render(queue=Need(code="debt", label="Gæld"))
    assert templates.env.from_string("{{ nothing }}").render() == ""
