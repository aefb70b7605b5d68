"""Parsing a file in HSDS form: either all of it is valid, or each fault is reported with its place."""

import json
from collections import Counter
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.triage.catalogue.schemas import Service
from services.triage.problems import UnreadableCatalogue, at_field
from shared.problems import FieldError

#: The most faults that are reported of one file; the others show once these are corrected.
_MOST_FAULTS = 100
_DEEPEST = 40


def parse_services(raw: bytes) -> dict[str, Service]:
    """The services of a file, by their JSON pointers.

    A file is a list of services, a page as an API of the standard gives it (`contents`), or an object with
    `services`. Raises UnreadableCatalogue with the places of its faults.
    """
    document = _json(raw)
    start, found = _list_in(document)
    services: dict[str, Service] = {}
    faults: list[FieldError] = []
    for number, each in enumerate(found):
        pointer = f"{start}/{number}"
        try:
            services[pointer] = Service.model_validate(each)
        except ValidationError as error:
            faults += [_fault(pointer, each) for each in error.errors(include_url=False, include_input=False)]
    faults += _doubled(services) + _without_organization(services)
    if faults:
        raise UnreadableCatalogue(errors=faults[:_MOST_FAULTS])
    return services


def _json(raw: bytes) -> Any:
    try:
        read = json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_unique_names, parse_constant=_refuse_constant
        )
        _refuse_deeper(read, 0)
    except UnicodeDecodeError as error:
        raise UnreadableCatalogue(errors=at_field("", f"byte {error.start} is not UTF-8")) from None
    except RecursionError:
        raise UnreadableCatalogue(errors=at_field("", f"is nested deeper than {_DEEPEST}")) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableCatalogue(errors=at_field("", f"is not JSON: {place}")) from None
    except ValueError as error:
        raise UnreadableCatalogue(errors=at_field("", str(error)[:200])) from None
    return read


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("an object names a field twice")
    return read


def _refuse_constant(_constant: str) -> None:
    raise ValueError("NaN and Infinity are no numbers of JSON")


def _refuse_deeper(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise RecursionError
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _refuse_deeper(part, depth + 1)


def _list_in(document: Any) -> tuple[str, list[Any]]:
    if isinstance(document, list):
        return "", document
    for name in ("contents", "services"):
        if isinstance(document, dict) and isinstance(document.get(name), list):
            return f"/{name}", document[name]
    message = "must be a list of services, or an object with the list `contents` or `services`"
    raise UnreadableCatalogue(errors=at_field("", message))


def _fault(start: str, error: Any) -> FieldError:
    path = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error["loc"])
    return FieldError(pointer=start + path, message=error["msg"].removeprefix("Value error, "))


def _doubled(services: dict[str, Service]) -> list[FieldError]:
    ids = Counter(service.id for service in services.values())
    places = Counter(place.id for service in services.values() for place in service.service_at_locations)
    return [
        *(
            FieldError(pointer=f"{pointer}/id", message="another service of the file has this id")
            for pointer, service in services.items()
            if ids[service.id] > 1
        ),
        *(
            FieldError(
                pointer=f"{pointer}/service_at_locations/{number}/id",
                message="another place of the file has this id",
            )
            for pointer, service in services.items()
            for number, place in enumerate(service.service_at_locations)
            if places[place.id] > 1
        ),
    ]


def _without_organization(services: dict[str, Service]) -> list[FieldError]:
    nested: set[UUID] = {s.organization.id for s in services.values() if s.organization is not None}
    return [
        FieldError(pointer=f"{pointer}/organization", message="no service of the file says whose this is")
        for pointer, service in services.items()
        if service.organization_key not in nested
    ]
