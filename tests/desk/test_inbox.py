"""A unit's inbox: what waits, in order, live, and what one does with it."""

import asyncio

import httpx

from services.house import House
from shared.in_process import InProcess
from shared.vocabulary import Role
from tests.desk.conftest import SitsDown

HOMELESS = {"needs": ["homelessness"], "in_municipality": True}


async def somebody_for_housing(house: House) -> str:
    """A contact that a person sent to the housing area; gives its reference."""
    async with house.client("intake") as intake, house.client("triage") as triage:
        token = house.apps["intake"].state.tokens.for_development([Role.RECEPTION], [], "eva", 3600)
        intake.headers["Authorization"] = triage.headers["Authorization"] = f"Bearer {token}"
        body = {"channel": "walk_in", "citizen": {"age": 34}, "facts": HOMELESS}
        contact = (await intake.post("/v1/contacts", json=body)).json()
        await house.settle()
        found = await triage.get("/v1/assessments", params={"contact_id": contact["id"]})
        assessment = found.json()["items"][0]["id"]
        await triage.post(f"/v1/assessments/{assessment}/decision", json={"accept": True})
        await house.settle()
        reference: str = contact["reference"]
        return reference


async def test_a_caseworker_lands_in_the_own_units_inbox(sits_down: SitsDown) -> None:
    bo = await sits_down(Role.CASEWORKER, "housing-social")
    page = await bo.opens("/inbox")
    assert page.url.path == "/inbox/housing-social"
    assert "Ingen venter her lige nu" in page.text


async def test_the_next_one_is_taken_once_however_often_the_form_is_sent(
    house: House, sits_down: SitsDown
) -> None:
    first, second = await somebody_for_housing(house), await somebody_for_housing(house)
    bo = await sits_down(Role.CASEWORKER, "housing-social")
    page = await bo.opens("/inbox/housing-social")
    assert first in page.text
    assert second in page.text
    for _ in range(2):
        page = await bo.sends("/inbox/housing-social/next", once="the-same-form")
    assert "1 venter, 1 er taget" in page.text


async def test_another_units_inbox_stays_closed(sits_down: SitsDown) -> None:
    bo = await sits_down(Role.CASEWORKER, "housing-social")
    page = await bo.opens("/inbox/adults")
    assert page.status_code == 403
    assert "Det må din rolle ikke" in page.text


async def test_the_inbox_follows_what_happens(house: House, sits_down: SitsDown) -> None:
    bo = await sits_down(Role.CASEWORKER, "housing-social")
    async with (
        httpx.AsyncClient(
            transport=InProcess(house.app), base_url="http://desk", cookies=bo.client.cookies
        ) as browser,
        browser.stream("GET", "/inbox/housing-social/live") as stream,
        asyncio.timeout(60),
    ):
        lines = stream.aiter_lines()
        while "0 venter" not in await anext(lines):
            pass
        reference = await somebody_for_housing(house)
        while reference not in await anext(lines):
            pass
