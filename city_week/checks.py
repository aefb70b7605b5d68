"""At the end: is every contact in exactly one place?"""

from collections import Counter
from dataclasses import dataclass, field

from city_week.clients import Clients, ok


@dataclass
class Findings:
    """What was looked at, and every contact that is not where it should be."""

    contacts: int = 0
    open_entries: int = 0
    nowhere: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    closed_but_waiting: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return len(self.nowhere) + len(self.twice) + len(self.closed_but_waiting) + len(self.unknown)


async def check_places(clients: Clients) -> Findings:
    """Compare every contact in intake with every open entry in routing.

    A contact that is closed has no open entry; any other has exactly one; no entry speaks of a contact
    that intake does not know.
    """
    await clients.settle()
    contacts = {c["id"]: c["status"] for c in await clients.everything(clients.intake, "/v1/contacts")}
    entries: Counter[str] = Counter()
    for queue in ok(await clients.routing.get("/v1/queues"))["items"]:
        path = f"/v1/queues/{queue['code']}/entries"
        open_entries = await clients.everything(clients.teams, path, status="open")
        entries.update(entry["contact_id"] for entry in open_entries)
    findings = Findings(contacts=len(contacts), open_entries=sum(entries.values()))
    for contact_id, status in contacts.items():
        places = entries.pop(contact_id, 0)
        if status == "closed" and places:
            findings.closed_but_waiting.append(contact_id)
        elif status != "closed" and places != 1:
            (findings.twice if places else findings.nowhere).append(contact_id)
    findings.unknown = list(entries)
    return findings
