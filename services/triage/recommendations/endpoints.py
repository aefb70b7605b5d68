"""Recommendations: advice on facts, with nothing stored."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.triage.access import ANY_ROLE
from services.triage.problems import ContradictoryFacts, NoAnswer, UnknownRuleset
from services.triage.recommendations.schemas import ExplainedRecommendation, Recommendation, RecommendationIn
from services.triage.recommendations.service import Advisers, refuse_contradictions
from shared.problems import answers
from shared.unit_of_work import Reading

recommendations_router = APIRouter(prefix="/v1/recommendations", tags=["recommendations"])

Version = Annotated[
    str | None,
    Query(max_length=20, description="Ask this rule set, not the one in force at receipt", examples=["1"]),
]
Explain = Annotated[bool, Query(description="Say why here, why not elsewhere, and what would change it")]
Trace = Annotated[bool, Query(description="Show every row with its three-valued result")]


@recommendations_router.post(
    "",
    summary="Where should it go, and why?",
    dependencies=ANY_ROLE,
    responses=answers(UnknownRuleset, ContradictoryFacts, NoAnswer),
)
async def recommend(
    body: RecommendationIn,
    work: Reading,
    trace: Trace = False,
    explain: Explain = False,
    ruleset: Version = None,
) -> ExplainedRecommendation | Recommendation:
    """Facts in, exactly one destination out, or exactly the facts that would settle it. Stores nothing."""
    refuse_contradictions(body.facts)
    received_at = body.received_at or work.clock.now()
    advisers: Advisers = work.state.advisers
    advise = advisers.explain if explain else advisers.advise
    return await advise(work.session, body.facts, body.channel, received_at, version=ruleset, trace=trace)
