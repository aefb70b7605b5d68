"""The configured lines over HTTP."""

from fastapi import APIRouter

from services.intake import repository
from services.intake.schemas import LineOut
from shared.access import allow
from shared.pages import Page
from shared.vocabulary import Role
from shared.work import Reading

lines_router = APIRouter(prefix="/v1/lines", tags=["lines"])


@lines_router.get("", summary="List phone lines, mailboxes and entrances", dependencies=[allow(*Role)])
async def list_lines(work: Reading) -> Page[LineOut]:
    """All of them, also those no longer or not yet in use; by code."""
    lines = [
        LineOut(
            code=line.code,
            name=line.name,
            channel=line.channel,
            reception_queue=line.reception_queue,
            is_default=line.is_default,
            telephony_queues=list(line.telephony_queues),
            valid_from=line.valid_from,
            valid_to=line.valid_to,
        )
        for line in await repository.read_lines(work.session)
    ]
    return Page(items=lines, next_cursor=None)
