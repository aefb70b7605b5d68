"""Lines over HTTP: list them, and set a period of one."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.intake.lines import repository, service
from services.intake.lines.lines import Lines
from services.intake.lines.schemas import LineIn, LineOut, LinesPage, UnclaimedQueue
from services.intake.problems import ContradictingLines
from services.intake.wire import LineCode
from shared.access import Principal, allow
from shared.documents import document
from shared.etags import IfMatch
from shared.problems import StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Role

lines_router = APIRouter(prefix="/v1/lines", tags=["lines"])

#: How far back calls count for the queues that no line has.
_UNCLAIMED_WITHIN = timedelta(days=28)


@lines_router.get("", summary="List phone lines, mailboxes and entrances")
async def list_lines(
    who: Annotated[Principal, allow(*Role)],
    work: Reading,
    on: Annotated[
        date | None, Query(description="Only those valid that day", examples=["2026-04-01"])
    ] = None,
) -> LinesPage:
    """Each period of each line, also past and future ones, by code and first day.

    Operations also get the queues of the exchanges that belong to no line.
    """
    lines = await repository.read_lines(work.session)
    items = [LineOut.of(line) for line in lines if on is None or line.is_open_on(on)]
    unclaimed = await _unclaimed(work, lines) if who.has(Role.OPERATIONS) else None
    return LinesPage(items=items, next_cursor=None, unclaimed_queues=unclaimed)


async def _unclaimed(work: UnitOfWork, lines: Lines) -> list[UnclaimedQueue]:
    seen = await repository.queues_seen(work.session, work.clock.now() - _UNCLAIMED_WITHIN)
    return [
        UnclaimedQueue(source=source, queue=queue, calls=calls, last_call_at=last)
        for source, queue, calls, last in seen
        if not lines.is_claimed(queue, source, work.clock.now())
    ]


@lines_router.put(
    "/{code}/{valid_from}",
    summary="Set a period of a line",
    dependencies=[allow(Role.OPERATIONS)],
    response_model=LineOut,
    responses={201: {"model": LineOut}, **answers(ContradictingLines, StaleVersion, VersionRequired)},
)
async def put_line(
    code: Annotated[LineCode, Path(examples=["hovednummer"])],
    valid_from: Annotated[date, Path(description="Its first day", examples=["2026-04-01"])],
    body: LineIn,
    work: Writing,
    if_match: IfMatch = None,
) -> Response:
    """A new period, or new values for an existing one (then with its ETag). All replicas use it within
    seconds, without a restart.

    Refused, with the field: overlapping periods of a line; and of two lines at one time, both being a
    channel's default, or having the same queue or called number.
    """
    line, is_new = await service.put_line(work, code, valid_from, body, if_match)
    return document(LineOut.of(line), status=201 if is_new else 200, version=line.edition)
