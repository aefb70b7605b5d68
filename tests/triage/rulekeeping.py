"""What the tests of rule sets share: a system with two people who may write rules, and drafts to write."""

import copy
from collections.abc import Callable
from typing import Any

import httpx
import yaml

from services.triage.rules.ruleset import load_rulesets
from services.triage.rulesets.differences import Plain, plain
from shared.vocabulary import Role
from tests.bench import Bench

#: Rule set 2, which is in force, as data: take a copy of it.
BASE: Plain = plain(load_rulesets()[1])
WHY = {"Change-Reason": "Hjeml%C3%B8shed under 25 flytter til Ungeomr%C3%A5det"}


def draft(edit: Callable[[Plain], object] = lambda content: None, version: str = "3") -> Plain:
    """Rule set 2 under another version, edited."""
    content = {**copy.deepcopy(BASE), "version": version, "title": f"Regelsæt {version}"}
    edit(content)
    return content


def homeless_under_25_to_youth(content: Plain) -> None:
    """Row 16: who is 18 to 24 and homeless goes to the youth area."""
    bands = [{"below": 25, "unit": "youth"}, {"unit": "housing-social"}]
    content["rows"][15]["destination"][0]["unit"] = {"by_age": bands}


def as_yaml(content: Plain) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


class Editors:
    """Alma writes the rules, Bo puts them in force, Carl reads them as an auditor."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.alma = bench.client(Role.RULES_EDITOR, subject="alma")
        self.bo = bench.client(Role.RULES_EDITOR, subject="bo")
        self.carl = bench.client(Role.AUDITOR, subject="carl")

    async def write(self, content: Plain) -> httpx.Response:
        return await self.alma.post("/v1/rulesets", json=content, headers=WHY)

    async def change(self, content: Plain, etag: str, who: httpx.AsyncClient | None = None) -> httpx.Response:
        headers = {**WHY, "If-Match": etag}
        return await (who or self.alma).put(
            f"/v1/rulesets/{content['version']}", json=content, headers=headers
        )

    async def check(self, version: str = "3") -> dict[str, Any]:
        answer = await self.alma.post(f"/v1/rulesets/{version}/check")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def simulate(self, version: str = "3", **period: str) -> dict[str, Any]:
        answer = await self.alma.post(f"/v1/rulesets/{version}/simulate", json=period)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def make_ready(self, content: Plain) -> None:
        """Write, check and simulate it."""
        assert (await self.write(content)).status_code == 201
        await self.check(content["version"])
        await self.simulate(content["version"])

    async def activate(
        self, version: str = "3", *, who: httpx.AsyncClient | None = None, at: str | None = None
    ) -> httpx.Response:
        body = {"reason": "Vedtaget på regelejernes møde"} | ({} if at is None else {"from": at})
        return await (who or self.bo).post(f"/v1/rulesets/{version}/activate", json=body)

    async def status(self, version: str = "3") -> str:
        listed = (await self.carl.get("/v1/rulesets")).json()["items"]
        return next(str(item["status"]) for item in listed if item["version"] == version)
