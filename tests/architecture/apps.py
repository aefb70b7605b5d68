"""The apps as they are, not started: for tests that only look at routes and documents."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from services.hosting.all_in_one import AllInOne

SERVICES = ("intake", "triage", "routing")


def apps(data: Path) -> dict[str, FastAPI]:
    """Every app of the system by its name."""
    return AllInOne(data).apps


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route of an app that answers requests with code of ours."""
    yield from _routes(app.routes)


def _routes(found: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        # FastAPI keeps an included router whole, where it used to copy its routes.
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from _routes(router.routes)
