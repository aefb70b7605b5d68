"""One step for several entries: what it would do to each, and what it did."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.desk.api_clients import ApiClients
from services.desk.inbox.filters import PAGE
from services.desk.inbox.steps import hindrance
from services.desk.problems import Refused
from services.desk.routing_models import Entry
from services.desk.session import Session

STEPS = ("release", "transfer", "complete")
#: No more at once than are on one page.
MOST = PAGE


@dataclass(frozen=True)
class Planned:
    """The step for one entry; `hindrance` is why it cannot be taken (a text's key)."""

    id: str
    entry: Entry | None
    hindrance: str | None

    @property
    def reference(self) -> str:
        """As it is read aloud; empty for an entry that the user may not see."""
        return "" if self.entry is None else self.entry.reference


async def plan(services: ApiClients, session: Session, step: str, ids: Sequence[str]) -> list[Planned]:
    """Each entry as it is now, in the order given."""
    return list(await asyncio.gather(*(_planned(services, session, step, one) for one in ids[:MOST])))


async def _planned(services: ApiClients, session: Session, step: str, entry_id: str) -> Planned:
    try:
        entry = await services.get("routing", f"/v1/entries/{entry_id}", Entry)
    except Refused as refused:
        if refused.answer_status not in {403, 404}:
            raise
        return Planned(entry_id, None, "not_seen")
    return Planned(entry_id, entry, hindrance(step, entry, session))


async def do_each(
    services: ApiClients, session: Session, step: str, ids: Sequence[str], body: Mapping[str, str]
) -> list[Planned]:
    """Take the step with each entry on its own; a refused one comes back with the reason."""
    return [await _done(services, one, step, body) for one in await plan(services, session, step, ids)]


async def _done(services: ApiClients, planned: Planned, step: str, body: Mapping[str, str]) -> Planned:
    if planned.hindrance is not None:
        return planned
    try:
        await services.send("routing", "POST", f"/v1/entries/{planned.id}/{step}", dict(body) or None)
    except Refused as refused:
        if refused.answer_status not in {403, 404, 409, 422}:
            raise
        return Planned(planned.id, planned.entry, refused.text_key)
    return planned
