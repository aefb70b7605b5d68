"""Simulations over HTTP: a draft replayed over past contacts, as JSON, as a table and as a picture."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from services.triage.access import OVERSEERS, Editor
from services.triage.content_negotiation import JSON, MARKDOWN, SVG, answer_in, chosen
from services.triage.problems import NotSimulated, UnknownRuleset, at_field
from services.triage.rulesets.endpoints import VersionPath
from services.triage.simulation.flow_picture import flow_picture
from services.triage.simulation.replay import Period
from services.triage.simulation.schemas import SimulateIn, SimulationOut
from services.triage.simulation.service import newest_simulation, simulate
from services.triage.simulation.table import simulation_markdown
from shared.problems import InvalidInput, StaleVersion, answers
from shared.unit_of_work import Reading

simulations_router = APIRouter(prefix="/v1/rulesets", tags=["rule sets"])

#: A simulation that names no period is of the last four weeks.
_DEFAULT = timedelta(weeks=4)
_PICTURE_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}


@simulations_router.post(
    "/{version}/simulate",
    summary="Replay a rule set over past contacts",
    responses=answers(UnknownRuleset, StaleVersion),
)
async def simulate_ruleset(
    who: Editor, version: VersionPath, request: Request, body: SimulateIn | None = None
) -> SimulationOut:
    """How many contacts would have gone elsewhere, which, and what each unit would get in a week.

    Newest contacts first, for at most DSI_SIMULATION_SECONDS. One that is not complete does not count
    for activation: choose a shorter period.
    """
    state, body = request.app.state, body or SimulateIn()
    last = body.to or state.clock.now()
    period = Period(body.from_ or last - _DEFAULT, last)
    if period.first >= period.last:
        raise InvalidInput(errors=at_field("/from", "must be before the end of the period"))
    return await simulate(state, who, version, period)


@simulations_router.get(
    "/{version}/simulation",
    summary="Read the newest simulation",
    dependencies=OVERSEERS,
    response_model=SimulationOut,
    responses={
        **answers(UnknownRuleset, NotSimulated),
        200: {"content": {MARKDOWN: {"schema": {"type": "string"}, "example": "# Simulering\n"}}},
    },
)
async def read_simulation(
    version: VersionPath,
    work: Reading,
    accept: Annotated[str | None, Header(description="application/json or text/markdown")] = None,
) -> Response:
    """As JSON, or as a table in Danish. It may be of an older `revision` than the rule set has now."""
    found = await newest_simulation(work, version)
    if chosen(accept, (JSON, MARKDOWN)) == MARKDOWN:
        return answer_in(MARKDOWN, simulation_markdown(found))
    return answer_in(JSON, found.model_dump_json())


@simulations_router.get(
    "/{version}/simulation.svg",
    summary="The newest simulation as a picture",
    dependencies=OVERSEERS,
    response_class=Response,
    responses={
        **answers(UnknownRuleset, NotSimulated),
        200: {"content": {SVG: {"schema": {"type": "string"}, "example": "<svg/>"}}},
    },
)
async def read_picture(version: VersionPath, work: Reading) -> Response:
    """Bands from where contacts go today to where the rule set would send them, with Danish names."""
    return answer_in(SVG, flow_picture(await newest_simulation(work, version)), _PICTURE_POLICY)
