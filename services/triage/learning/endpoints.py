"""Learning from people over HTTP: the rows that they do not follow."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from services.triage.access import OVERSEERS
from services.triage.content_negotiation import JSON, MARKDOWN, answer_in, chosen
from services.triage.learning.report import Titles, learning_markdown, list_of
from services.triage.learning.repository import Learned, learn
from services.triage.learning.schemas import LearningOut
from services.triage.learning.trust import Bucket
from services.triage.problems import at_field
from services.triage.rulesets import repository
from services.triage.wire_types import ReceivedAt
from shared.problems import InvalidInput, answers
from shared.unit_of_work import Reading, UnitOfWork

learning_router = APIRouter(prefix="/v1/learning", tags=["learning"])

#: What is asked about without a period: as long as it is between two meetings.
_DEFAULT = timedelta(weeks=4)
#: A longer one is read in parts, so that nobody waits for minutes.
_LONGEST = timedelta(days=400)


@learning_router.get(
    "",
    summary="Which rows of the rules do people distrust?",
    dependencies=OVERSEERS,
    response_model=LearningOut,
    responses={
        **answers(InvalidInput),
        200: {"content": {MARKDOWN: {"schema": {"type": "string"}, "example": "# Regler\n"}}},
    },
)
async def read_learning(
    *,
    work: Reading,
    from_: Annotated[
        ReceivedAt | None, Query(alias="from", description="Default: four weeks before `to`")
    ] = None,
    to: Annotated[ReceivedAt | None, Query(description="Default now; not included")] = None,
    by: Annotated[Bucket, Query(description="What the trend is told by")] = "week",
    accept: Annotated[str | None, Header(description="application/json or text/markdown")] = None,
) -> Response:
    """Decisions of the period by row and destination: followed, overridden, returned by the unit.

    Ordered by the share of distrust that is certain, not by percentages of a few cases. As JSON, or as
    the Danish list for the rule owners' meeting (`text/markdown`). Free texts are not repeated.
    """
    last = to or work.clock.now()
    first = from_ or last - _DEFAULT
    if not timedelta(0) < last - first <= _LONGEST:
        message = f"the period is longer than nothing, and at most {_LONGEST.days} days"
        raise InvalidInput(errors=at_field("/query/from", message))
    now = await learn(work.session, first, last, by)
    before = await learn(work.session, first - (last - first), first, by)
    found = list_of(now, before, await _titles(work, now), (first, last), by)
    if chosen(accept, (JSON, MARKDOWN)) == MARKDOWN:
        return answer_in(MARKDOWN, learning_markdown(found))
    return answer_in(JSON, found.model_dump_json())


async def _titles(work: UnitOfWork, learned: Learned) -> Titles:
    titles: dict[tuple[str, int], str] = {}
    for version in {asked.ruleset for asked in learned.rows}:
        row = await repository.find_ruleset(work.session, version)
        if row is not None:
            titles |= {(version, one["number"]): one["title"] for one in row.content["rows"]}
    return titles
