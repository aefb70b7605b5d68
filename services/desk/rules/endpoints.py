"""The rule sets as anyone may read them, and what was found out about each."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from services.desk.page_request import OVERSEERS, PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.rules.citizen import fields_for
from services.desk.rules.periods import period_of
from services.desk.rules.schemas import ChangedThing, Check, Difference, Learning, RulesetTable, Simulation
from services.desk.rules.service import read_needs, read_progress, read_rulesets, read_trail
from services.desk.session import PEOPLE

rules_router = APIRouter(prefix="/rules")

Reader = Annotated[PageRequest, signed_in(*PEOPLE)]
Overseer = Annotated[PageRequest, signed_in(*OVERSEERS)]
Version = Annotated[str, Path(max_length=20)]
Day = Annotated[str, Query(max_length=10)]
#: A picture that is opened by itself runs nothing and loads nothing.
_PICTURE_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}


@rules_router.get("", name="rules")
async def list_rulesets(page: Reader) -> Response:
    """All versions, the newest first."""
    return page.render("rules.html", rulesets=list(reversed(await read_rulesets(page.services))))


# Before the versions, one of which could be called "learning".
@rules_router.get("/learning", name="learning")
async def show_learning(
    page: Overseer, first: Day = "", last: Day = "", by: Literal["week", "month"] = "week"
) -> Response:
    """Which rows people do not follow, by default in the last four weeks; `last` is included."""
    found, wrong = None, False
    try:
        period = period_of(first, last)
    except ValueError:
        wrong = True
    else:
        try:
            found = await page.services.get("triage", "/v1/learning", Learning, by=by, **period)
        except Refused as refused:
            if refused.answer_status != 422:
                raise
            wrong = True
    status = 422 if wrong else 200
    return page.render(
        "learning.html", status=status, found=found, wrong=wrong, first=first, last=last, by=by
    )


@rules_router.get("/{version}", name="ruleset")
async def show_ruleset(page: Reader, version: Version) -> Response:
    """One version as a table that a person from the profession can read, and its next step."""
    return await ruleset_page(page, version)


async def ruleset_page(page: PageRequest, version: str, *, status: int = 200, **more: Any) -> Response:
    """The page of one version; `message` is why a step was refused, `fields` what was typed."""
    progress = await read_progress(page.services, version)
    table = await page.services.fetch("triage", f"/v1/rulesets/{version}/table", RulesetTable)
    return page.render(
        "ruleset.html",
        status=status,
        progress=progress,
        item=progress.ruleset,
        etag=table.etag,
        table=table.content,
        wrote_it=await _wrote_it(page, version),
        **{"message": None, "fields": {}, **more},
    )


async def _wrote_it(page: PageRequest, version: str) -> bool:
    """Whether the user wrote any of it: then a second person puts it in force."""
    if not page.oversees:
        return False
    trail = await read_trail(page.services, version)
    return any(step.author == page.session.subject for step in trail if step.kind in {"created", "edited"})


@rules_router.get("/{version}/history", name="ruleset_history")
async def show_history(page: Overseer, version: Version) -> Response:
    """Who did what to it, when and why; the newest first."""
    steps = list(reversed(await read_trail(page.services, version)))
    return page.render("ruleset_history.html", version=version, steps=steps)


@rules_router.get("/{version}/difference", name="ruleset_difference")
async def show_difference(
    page: Reader, version: Version, to: Annotated[str | None, Query(max_length=20)] = None
) -> Response:
    """What leads from the one in force, or from `to`, to this one; row by row in Danish."""
    progress = await read_progress(page.services, version)
    before = to or progress.compared_with
    changes: tuple[ChangedThing, ...] = ()
    if before is not None:
        difference = await page.services.get(
            "triage", f"/v1/rulesets/{before}/difference", Difference, to=version
        )
        changes = difference.changes
    others = [one for one in await read_rulesets(page.services) if one.version != version]
    return page.render(
        "ruleset_difference.html",
        item=progress.ruleset,
        before=before,
        changes=changes,
        others=others,
    )


@rules_router.get("/{version}/proof", name="ruleset_proof")
async def show_proof(page: Overseer, version: Version) -> Response:
    """Whether every citizen has exactly one destination; and if not, a citizen who has not."""
    progress = await read_progress(page.services, version)
    try:
        found = await page.services.get("triage", f"/v1/rulesets/{version}/proof", Check)
    except Refused as refused:
        if refused.answer_kind != "not-checked":
            raise
        found = None
    findings = [
        (finding, fields_for(finding.citizen) if finding.citizen else None)
        for finding in (found.proof.findings if found else ())
    ]
    return page.render(
        "ruleset_proof.html",
        item=progress.ruleset,
        progress=progress,
        found=found,
        findings=findings,
        need_names={need.code: need.label for need in await read_needs(page.services)},
    )


@rules_router.get("/{version}/simulation", name="ruleset_simulation")
async def show_simulation(page: Overseer, version: Version) -> Response:
    """How many would have gone elsewhere, from where to where, and what each unit would receive."""
    progress = await read_progress(page.services, version)
    try:
        found = await page.services.get("triage", f"/v1/rulesets/{version}/simulation", Simulation)
    except Refused as refused:
        if refused.answer_kind != "not-simulated":
            raise
        found = None
    return page.render("ruleset_simulation.html", item=progress.ruleset, progress=progress, found=found)


@rules_router.get("/{version}/simulation.svg")
async def show_picture(page: Overseer, version: Version) -> Response:
    """The simulation as a picture from our own address: the page's policy allows no other."""
    found = await page.services.text("triage", f"/v1/rulesets/{version}/simulation.svg", "image/svg+xml")
    return Response(found.content, media_type="image/svg+xml", headers=_PICTURE_POLICY)
