"""One step for several entries: first what will happen to each, then what happened to each."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.desk.api_clients import Services
from services.desk.inbox.steps import Entry, hindrance
from services.desk.problems import Refused
from services.desk.session import Session

STEPS = ("release", "transfer", "complete")
#: No more at once than stand on one page.
MOST = 100


@dataclass(frozen=True)
class Planned:
    """What the step would come to for one entry; `hindrance` is why it cannot be done."""

    id: str
    entry: Entry | None
    hindrance: str | None

    @property
    def reference(self) -> str:
        """As it is read aloud; empty for what cannot be seen."""
        return "" if self.entry is None else str(self.entry["reference"])


async def plan(services: Services, session: Session, step: str, ids: Sequence[str]) -> list[Planned]:
    """Each entry as it stands now, in the order given."""
    return list(await asyncio.gather(*(_planned(services, session, step, one) for one in ids[:MOST])))


async def _planned(services: Services, session: Session, step: str, id_: str) -> Planned:
    try:
        entry: Entry = await services.get("routing", f"/v1/entries/{id_}")
    except Refused as refused:
        if refused.answer_status not in {403, 404}:
            raise
        return Planned(id_, None, "not_seen")
    return Planned(id_, entry, hindrance(step, entry, session))


async def do_each(
    services: Services, session: Session, step: str, ids: Sequence[str], body: Mapping[str, Any]
) -> list[Planned]:
    """Do it one by one; what was refused comes back with the reason, and the others are done all the same."""
    return [await _done(services, one, step, body) for one in await plan(services, session, step, ids)]


async def _done(services: Services, planned: Planned, step: str, body: Mapping[str, Any]) -> Planned:
    if planned.hindrance is not None:
        return planned
    try:
        await services.post("routing", f"/v1/entries/{planned.id}/{step}", dict(body) or None)
    except Refused as refused:
        if refused.answer_status not in {403, 404, 409, 422}:
            raise
        return Planned(planned.id, planned.entry, refused.answer_kind.replace("-", "_"))
    return planned
