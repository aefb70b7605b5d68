"""What each service knows of a contact, asked with the purpose of whoever looks."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from services.desk.api_clients import Services
from services.desk.sections import Section, section
from services.desk.session import Session
from shared.problems import Forbidden
from shared.vocabulary import Role

#: The most of each kind that is read; nobody's history was ever longer.
_MOST = 200


@dataclass(frozen=True)
class History:
    """A contact with everything around it. What the role may not see says so."""

    contact: dict[str, Any]
    calls: Section
    assessments: Section
    referrals: Section
    entries: Section
    looks: Section
    #: Names of queues by code.
    queues: dict[str, str]


class Asking:
    """Asks in the name of whoever has signed in, each time with the purpose they gave."""

    def __init__(self, services: Services, purpose: str) -> None:
        self._services = services
        self._purpose = purpose

    async def get(self, service: str, path: str, **query: Any) -> Any:
        """The body. Raises Refused or ServiceUnreachable."""
        answer = await self._services.ask(service, "GET", path, query=query, purpose=self._purpose)
        return answer.body

    async def find(self, reference: str) -> list[dict[str, Any]]:
        """The contacts with this reference. Raises Refused or ServiceUnreachable."""
        path, body = "/v1/contacts/search", {"reference": reference}
        answer = await self._services.ask("intake", "POST", path, body=body, purpose=self._purpose)
        found: list[dict[str, Any]] = answer.body["items"]
        return found


async def gather(asking: Asking, session: Session, contact_id: str) -> History:
    """The history. Raises Forbidden for a caseworker in whose units the contact never was; else Refused."""
    entries = await section(_entries(asking, contact_id))
    if session.role is Role.CASEWORKER and entries and not entries.body:
        raise Forbidden("The contact has never been with your units.")
    # The look itself comes first, so that it stands in the trail that is shown.
    contact = await asking.get("intake", f"/v1/contacts/{contact_id}")
    calls, assessments, referrals, looks, queues = await asyncio.gather(
        section(_calls(asking, contact_id)),
        section(asking.get("triage", "/v1/assessments", contact_id=contact_id, limit=_MOST)),
        section(asking.get("triage", "/v1/referrals", contact_id=contact_id)),
        section(asking.get("intake", "/v1/access-log", contact_id=contact_id, limit=_MOST)),
        section(asking.get("routing", "/v1/queues")),
    )
    names = {queue["code"]: queue["name"] for queue in (queues.body or {"items": []})["items"]}
    return History(contact, calls, assessments, referrals, entries, looks, names)


async def _entries(asking: Asking, contact_id: str) -> list[dict[str, Any]]:
    found = await asking.get("routing", "/v1/entries", contact_id=contact_id, limit=_MOST)
    ids = [entry["id"] for entry in found["items"]]
    return list(await asyncio.gather(*(asking.get("routing", f"/v1/entries/{one}") for one in ids)))


async def _calls(asking: Asking, contact_id: str) -> list[dict[str, Any]]:
    found = await asking.get("intake", "/v1/calls", contact_id=contact_id, limit=_MOST)
    return list(
        await asyncio.gather(
            *(
                asking.get(
                    "intake",
                    f"/v1/calls/{quote(call['call_id'], safe='')}",
                    source=call["source"],
                    occurrence=call["occurrence"],
                )
                for call in found["items"]
            )
        )
    )
