"""Every route says who may call it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.access import Allow
from tests.architecture.apps import apps, routes


def gates(dependant: Dependant) -> Iterator[Allow]:
    if isinstance(dependant.call, Allow):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from gates(inner)


def is_guarded(route: APIRoute) -> bool:
    """One of both, never both: roles that may call it, or a reason why anybody may."""
    reason = getattr(route.endpoint, "__public__", None)
    found = list(gates(route.dependant))
    return bool(reason) != bool(found) and all(gate.roles for gate in found)


@pytest.mark.parametrize("name", ["intake", "triage", "routing", "desk"])
def test_every_route_names_its_roles_or_says_why_it_is_public(name: str, tmp_path: Path) -> None:
    app = apps(tmp_path)[name]
    found = list(routes(app))
    assert len(found) > 2
    unguarded = {f"{sorted(route.methods or ())} {route.path}" for route in found if not is_guarded(route)}
    # FastAPI-Offline's own pages: the interface's documentation, which holds no personal data.
    assert unguarded <= {"['GET'] /docs", "['GET'] /docs/oauth2-redirect"}


def test_the_guard_would_notice_a_forgotten_route(tmp_path: Path) -> None:
    app = apps(tmp_path)["intake"]

    @app.get("/v1/forgotten")
    async def forgotten() -> None:
        return None

    assert [
        route.path for route in routes(app) if not is_guarded(route) and route.path.startswith("/v1")
    ] == ["/v1/forgotten"]
