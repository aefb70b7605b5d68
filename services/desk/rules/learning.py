"""The monthly list: which rows of the rules people do not follow."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from services.desk.problems import Refused
from services.desk.rules.endpoints import Overseer
from services.desk.rules.periods import period_of

learning_router = APIRouter(prefix="/rules/learning")

Day = Annotated[str, Query(max_length=10)]


@learning_router.get("", name="learning")
async def show_learning(
    desk: Overseer, first: Day = "", last: Day = "", by: Literal["week", "month"] = "week"
) -> Response:
    """Of a period, by default the last four weeks; `last` is the last day that counts."""
    found, wrong = None, False
    try:
        found = await desk.services.get("triage", "/v1/learning", by=by, **period_of(first, last))
    except ValueError:
        wrong = True
    except Refused as refused:
        if refused.answer_status != 422:
            raise
        wrong = True
    status = 422 if wrong else 200
    return desk.show("learning.html", status=status, found=found, wrong=wrong, first=first, last=last, by=by)
