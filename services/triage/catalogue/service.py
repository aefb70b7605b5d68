"""The trail of the catalogue's changes: who, when, and each field before and after."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.triage.catalogue import repository
from services.triage.catalogue.offers.service import CatalogueCache
from services.triage.catalogue.schemas import Document
from shared.access import Principal
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork

Action = Literal["create", "update", "end"]

#: The trail keeps this many characters of a field's value before and after.
_MOST_KEPT = 2000


@dataclass(frozen=True)
class Author:
    """Who changes the catalogue, when, and from which source's file (None: by hand)."""

    who: Principal
    at: datetime
    source: str | None = None


@dataclass(frozen=True)
class Change:
    """One change of an entity. `kind` is `service` or `organization`."""

    kind: str
    id: UUID
    action: Action
    fields: list[dict[str, str]]


def author_of(work: UnitOfWork, who: Principal, source: str | None = None) -> Author:
    """The person who changes the catalogue in this unit of work."""
    return Author(who, work.clock.now(), source)


def difference(before: Document, after: Document) -> list[dict[str, str]]:
    """Each field that differs, with both values as JSON; texts are left as they are."""
    return [
        {"field": name, "before": _as_text(before.get(name)), "after": _as_text(after.get(name))}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _as_text(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_KEPT else f"{text[: _MOST_KEPT - 1]}…"


async def record_change(work: UnitOfWork, author: Author, change: Change) -> None:
    """Add the change to the trail, and have the offers read from storage again."""
    await repository.add_change(
        work.session,
        id=new_id(),
        resource_id=change.id,
        resource_type=change.kind,
        action=change.action,
        at=author.at,
        subject=author.who.subject,
        role=author.who.role,
        source=author.source,
        fields=change.fields,
    )
    cache: CatalogueCache = work.state.catalogue
    cache.forget()
