"""Learning from decisions over HTTP: the rows of the rules that people do not follow."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from services.triage.access import OVERSEERS
from services.triage.content_negotiation import JSON, MARKDOWN, answer_in, chosen
from services.triage.learning.report import learning_markdown
from services.triage.learning.schemas import LearningOut
from services.triage.learning.service import learn
from services.triage.learning.trust import Bucket
from services.triage.problems import at_field
from services.triage.wire_types import ReceivedAt
from shared.problems import InvalidInput, answers
from shared.unit_of_work import Reading

learning_router = APIRouter(prefix="/v1/learning", tags=["learning"])

#: The period without `from`: as long as it is between two meetings of the rule owners.
_DEFAULT = timedelta(weeks=4)
#: A longer period would be counted for minutes; it can be read in parts.
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
    by: Annotated[Bucket, Query(description="The buckets of the trend")] = "week",
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
    learning = await learn(work, first, last, by)
    if chosen(accept, (JSON, MARKDOWN)) == MARKDOWN:
        return answer_in(MARKDOWN, learning_markdown(learning))
    return answer_in(JSON, learning.model_dump_json())
