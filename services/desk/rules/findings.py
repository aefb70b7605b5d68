"""What was found out about a draft: the proof with its counterexamples, the simulation with its picture."""

from typing import Any

from fastapi import APIRouter, Response

from services.desk.page_request import Sitting
from services.desk.problems import Refused
from services.desk.rules.endpoints import Overseer, Version, standing
from services.desk.rules.trial.citizen import fields_for

findings_router = APIRouter(prefix="/rules")

#: A picture that is opened by itself runs nothing and loads nothing.
_PICTURE_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}


@findings_router.get("/{version}/proof", name="ruleset_proof")
async def show_proof(desk: Overseer, version: Version) -> Response:
    """Whether every citizen has exactly one destination; and if not, a citizen who has not."""
    stands = await standing(desk, version)
    found = await _or_none(desk, f"/v1/rulesets/{version}/proof")
    findings = [
        {**finding, "fields": fields_for(finding["citizen"]) if finding["citizen"] else None}
        for finding in (found["proof"]["findings"] if found else ())
    ]
    needs = (await desk.services.get("triage", "/v1/needs"))["items"]
    return desk.show(
        "ruleset_proof.html",
        item=stands.item,
        stands=stands,
        found=found,
        findings=findings,
        need_names={need["code"]: need["label"] for need in needs},
    )


@findings_router.get("/{version}/simulation", name="ruleset_simulation")
async def show_simulation(desk: Overseer, version: Version) -> Response:
    """How many would have gone elsewhere, from where to where, and what each unit would get."""
    stands = await standing(desk, version)
    found = await _or_none(desk, f"/v1/rulesets/{version}/simulation")
    return desk.show("ruleset_simulation.html", item=stands.item, stands=stands, found=found)


@findings_router.get("/{version}/simulation.svg")
async def show_picture(desk: Overseer, version: Version) -> Response:
    """The simulation as a picture, from our own address, as the page's policy wants it."""
    path = f"/v1/rulesets/{version}/simulation.svg"
    found = await desk.services.ask("triage", "GET", path, accept="image/svg+xml")
    return Response(found.body, media_type="image/svg+xml", headers=_PICTURE_POLICY)


async def _or_none(desk: Sitting, path: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = await desk.services.get("triage", path)
    except Refused as refused:
        if refused.answer_kind not in {"not-checked", "not-simulated"}:
            raise
        return None
    return found
