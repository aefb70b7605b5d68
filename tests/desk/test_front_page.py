"""The first page, with the services there, and with one of them gone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from services.desk.app import create_app
from services.desk.settings import Settings
from shared.clock import SettableClock

WAITS = {"seconds": 540.0, "at_least": True}
QUEUE: dict[str, Any] = {
    "code": "reception-phone",
    "name": "Indgangens telefon",
    "unit": "reception",
    "kind": "reception",
    "channel": "phone",
    "live": {
        "is_open": True,
        "opens_at": None,
        "waiting": 7,
        "past_due": 1,
        "oldest_wait_seconds": 732.0,
        "p50": {"seconds": 121.0, "at_least": False},
        "p90": WAITS,
        "entered": 96,
        "taken": 2,
        "abandonment": 0.056,
        "answered": 84,
        "abandoned": 5,
        "service_levels": [{"variant": "answered", "share": 1.0}, {"variant": "everyone_due", "share": 0.8}],
        "estimate": {"low_seconds": 60.0, "high_seconds": 600.0, "probability": 0.8, "basis": "Køens fart"},
    },
}


@pytest.fixture
async def page(tmp_path: Path, clock: SettableClock) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(data=tmp_path), clock=clock)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://desk") as client,
    ):
        yield client


def services(queues: httpx.Response) -> None:
    for port in (8001, 8002, 8003):
        respx.get(f"http://127.0.0.1:{port}/health/ready").respond(json={"status": "ok"})
    respx.get("http://127.0.0.1:8003/v1/queues").mock(return_value=queues)


@respx.mock
async def test_the_queues_have_their_live_figures(page: httpx.AsyncClient) -> None:
    services(httpx.Response(200, json={"items": [QUEUE]}))
    answer = await page.get("/")
    assert answer.status_code == 200
    for text in (
        "Indgangens telefon",
        "Åben nu",
        "12 min.",
        "≥ 9 min.",
        "1 min. til 10 min.",
        "80 %",
    ):
        assert text in answer.text
    assert "100 %" not in answer.text, "those who still wait past the target count"
    assert answer.text.count("Kører") == 3
    assert "Udviklingstilstand" in answer.text
    for service in ("intake", "triage", "routing"):
        assert f'href="/{service}/docs"' in answer.text


@respx.mock
async def test_a_service_that_is_gone_is_named_and_the_page_still_works(page: httpx.AsyncClient) -> None:
    services(httpx.Response(503))
    respx.get("http://127.0.0.1:8003/health/ready").mock(side_effect=httpx.ConnectError("gone"))
    answer = await page.get("/")
    assert answer.status_code == 200
    assert "Svarer ikke" in answer.text
    assert "Køerne kan ikke vises lige nu" in answer.text


@respx.mock
async def test_a_name_with_a_script_in_it_is_only_text(page: httpx.AsyncClient) -> None:
    services(httpx.Response(200, json={"items": [{**QUEUE, "name": "<script>alert(1)</script>"}]}))
    answer = await page.get("/")
    assert "<script>" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
