"""The apps as they are, not started: for tests that only look at routes and documents."""

from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.house import House

SERVICES = ("intake", "triage", "routing")


def apps(data: Path) -> dict[str, FastAPI]:
    """Every app of the house by its name."""
    return House(data).apps


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route of an app that answers requests with code of ours."""
    yield from (route for route in app.routes if isinstance(route, APIRoute))
