"""Try a citizen: facts in, destination out, with the reasons; by the rule set in force or any other."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.desk.contact.contact_form import Fields
from services.desk.page_request import Sitting
from services.desk.problems import Refused
from services.desk.rendering import is_part
from services.desk.rules.endpoints import Reader
from services.desk.rules.trial.citizen import CHANNELS, asked_of
from shared.vocabulary import Unit

trial_router = APIRouter(prefix="/rules/try")

_FIRST = {"channel": [CHANNELS[0]]}
#: Refusals that are an answer about the citizen, and not about the request.
_TELLING = {"ruleset-has-no-answer", "contradictory-facts", "invalid-input"}


@trial_router.get("", name="rules_trial")
async def show_form(desk: Reader, ruleset: Annotated[str | None, Query(max_length=20)] = None) -> Response:
    """The empty form."""
    return await _page(
        desk, {**_FIRST, "ruleset": [ruleset or ""]}, {"result": None, "faults": {}, "said": None}
    )


@trial_router.post("")
async def try_citizen(desk: Reader) -> Response:
    """What the rules say of this citizen. Stores nothing; with htmx only the answer is sent."""
    form = await desk.form()
    fields: Fields = form.as_dict()
    if form.ticked("show"):
        # From elsewhere in the desk: the filled form is shown with its answer at once.
        fields = {name: texts for name, texts in fields.items() if name != "show"}
    found = await _ask(desk, fields)
    if is_part(desk.request):
        return desk.show("rules_answer.html", fields=fields, **found)
    status = 422 if found["faults"] else 200
    return await _page(desk, fields, found, status=status)


async def _ask(desk: Sitting, fields: Fields) -> dict[str, Any]:
    body, faults = asked_of(fields, desk.request.app.state.clock.now())
    found: dict[str, Any] = {
        "result": None,
        "said": None,
        "faults": {each.field: each.text for each in faults},
    }
    if faults:
        return found
    version = next((text for text in fields.get("ruleset", ()) if text), None)
    query = {"explain": "true", "trace": "true", "ruleset": version}
    try:
        answer = await desk.services.ask("triage", "POST", "/v1/recommendations", body=body, query=query)
    except Refused as refused:
        if refused.answer_kind not in _TELLING:
            raise
        return {**found, "said": desk.texts["rules"]["refusals"][refused.answer_kind]}
    return {**found, "result": answer.body}


async def _page(desk: Sitting, fields: Fields, found: dict[str, Any], *, status: int = 200) -> Response:
    needs = (await desk.services.get("triage", "/v1/needs"))["items"]
    rulesets = (await desk.services.get("triage", "/v1/rulesets"))["items"]
    units = [unit for unit in Unit if unit is not Unit.RECEPTION]
    return desk.show(
        "rules_try.html",
        status=status,
        fields=fields,
        needs=needs,
        rulesets=list(reversed(rulesets)),
        units=units,
        channels=CHANNELS,
        **found,
    )
