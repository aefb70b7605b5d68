"""Try a citizen: facts in, destination out, with the reasons; by the rule set in force or any other."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.desk.api_models import Listing
from services.desk.contact.children import child_field, rows_of
from services.desk.form import Fields
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.rules.citizen import CHANNELS, recommendation_body
from services.desk.rules.schemas import Ruleset
from services.desk.session import PEOPLE
from services.desk.triage_models import ExplainedRecommendation, Need

trial_router = APIRouter(prefix="/rules/try")

Reader = Annotated[PageRequest, signed_in(*PEOPLE)]
#: Refusals that are an answer about the citizen, and not about the request.
_ABOUT_THE_CITIZEN = {"ruleset-has-no-answer", "contradictory-facts", "invalid-input"}


@dataclass(frozen=True)
class Trial:
    """What the rules say, or why they say nothing: the form's faults, or a refusal's text."""

    result: ExplainedRecommendation | None = None
    faults: dict[str, str] = field(default_factory=dict)
    message: Any = None


@trial_router.get("", name="rules_trial")
async def show_form(page: Reader, ruleset: Annotated[str | None, Query(max_length=20)] = None) -> Response:
    """The empty form."""
    return await _page(page, {"channel": [CHANNELS[0]], "ruleset": [ruleset or ""]}, Trial())


@trial_router.post("")
async def try_citizen(page: Reader) -> Response:
    """What the rules say of this citizen. Stores nothing; with htmx only the answer is sent."""
    fields: Fields = (await page.form()).as_dict()
    # Sent by other pages to have the filled form with its answer; it is no field of the form.
    fields = {name: texts for name, texts in fields.items() if name != "show"}
    trial = await _try(page, fields)
    if page.is_fragment:
        return page.render("rules_answer.html", trial=trial)
    return await _page(page, fields, trial, status=422 if trial.faults else 200)


async def _try(page: PageRequest, fields: Fields) -> Trial:
    body, faults = recommendation_body(fields, page.now)
    if faults:
        return Trial(faults={fault.field: fault.text for fault in faults})
    version = next((text for text in fields.get("ruleset", ()) if text), None)
    query = {"explain": "true", "trace": "true", "ruleset": version}
    try:
        result = await page.services.post(
            "triage", "/v1/recommendations", ExplainedRecommendation, body, query=query
        )
    except Refused as refused:
        if refused.answer_kind not in _ABOUT_THE_CITIZEN:
            raise
        return Trial(message=page.texts["rules"]["refusals"][refused.answer_kind])
    return Trial(result)


async def _page(page: PageRequest, fields: Fields, trial: Trial, *, status: int = 200) -> Response:
    needs = await page.services.get("triage", "/v1/needs", Listing[Need])
    rulesets = await page.services.get("triage", "/v1/rulesets", Listing[Ruleset])
    return page.render(
        "rules_try.html",
        status=status,
        fields=fields,
        trial=trial,
        needs=needs.items,
        rulesets=list(reversed(rulesets.items)),
        units=page.units_to_choose,
        channels=CHANNELS,
        child_rows=rows_of(fields),
        child_field=child_field,
    )
