"""The rules as everybody may read them: which there are, what each says, how two differ, whence one came."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from services.desk.page_request import EVERYBODY, OVERSEERS, Sitting, sitting
from services.desk.rules.markdown_reading import read_markdown
from services.desk.rules.standing import Standing, nested, standing_of
from shared.problems import NotFound

rules_router = APIRouter(prefix="/rules")

Reader = Annotated[Sitting, sitting(*EVERYBODY)]
Overseer = Annotated[Sitting, sitting(*OVERSEERS)]
Version = Annotated[str, Path(max_length=20)]


async def standing(desk: Sitting, version: str) -> Standing:
    """Where the rule set stands. Raises NotFound."""
    items = (await desk.services.get("triage", "/v1/rulesets"))["items"]
    found = standing_of(items, version)
    if found is None:
        raise NotFound
    return found


@rules_router.get("", name="rules")
async def list_rulesets(desk: Reader) -> Response:
    """All versions, the newest first, with where each stands."""
    items = (await desk.services.get("triage", "/v1/rulesets"))["items"]
    return desk.show("rules.html", rulesets=list(reversed(items)))


@rules_router.get("/{version}", name="ruleset")
async def show_ruleset(desk: Reader, version: Version) -> Response:
    """One version as a table that a person from the profession can read, and its next step."""
    return await ruleset_page(desk, version)


async def ruleset_page(desk: Sitting, version: str, *, status: int = 200, **shown: Any) -> Response:
    """The page of one version; `said` is what a refused step says, `fields` what was typed."""
    stands = await standing(desk, version)
    text = await desk.services.ask("triage", "GET", f"/v1/rulesets/{version}", accept="text/markdown")
    authors = await _authors(desk, version)
    return desk.show(
        "ruleset.html",
        status=status,
        stands=stands,
        item=stands.item,
        etag=text.etag,
        table=read_markdown(text.body),
        wrote_it=desk.session.subject in authors,
        **{"said": None, "fields": {}, **shown},
    )


async def _authors(desk: Sitting, version: str) -> set[str]:
    """Whoever wrote any of it; for those who may not know, nobody."""
    if not desk.oversees:
        return set()
    trail = (await desk.services.get("triage", f"/v1/rulesets/{version}/history"))["items"]
    return {step["author"] for step in trail if step["kind"] in {"created", "edited"}}


@rules_router.get("/{version}/history", name="ruleset_history")
async def show_history(desk: Overseer, version: Version) -> Response:
    """Who did what to it, when and why; the newest first."""
    trail = (await desk.services.get("triage", f"/v1/rulesets/{version}/history"))["items"]
    steps = [{**step, "changes": nested(step["text"])} for step in reversed(trail)]
    return desk.show("ruleset_history.html", version=version, steps=steps)


@rules_router.get("/{version}/difference", name="ruleset_difference")
async def show_difference(
    desk: Reader, version: Version, to: Annotated[str | None, Query(max_length=20)] = None
) -> Response:
    """What leads from the one in force, or from `to`, to this one; row by row in Danish."""
    stands = await standing(desk, version)
    before = to or stands.compared_with
    lines: list[str] = []
    if before is not None:
        found = await desk.services.get("triage", f"/v1/rulesets/{before}/difference", to=version)
        lines = found["text"]
    items = (await desk.services.get("triage", "/v1/rulesets"))["items"]
    others = [item for item in items if item["version"] != version]
    return desk.show(
        "ruleset_difference.html", item=stands.item, before=before, changes=nested(lines), others=others
    )
