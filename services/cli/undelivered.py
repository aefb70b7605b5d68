"""`dsi events` and `dsi deliveries`: what could not be delivered or interpreted, and another try at it."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.hosting.all_in_one import SERVICES
from services.hosting.local_system import client_of, local_system
from shared.vocabulary import Role


async def list_dead_letters(data: Path | None, talk: Console) -> None:
    """Print a line for each way between two services, and each dead letter below."""
    ways = Table("from", "to", "waiting", "dead", title="Events between the services")
    dead = Table("from", "to", "event", "contact", "refused", "why", title="Dead letters")
    async with local_system(data) as system:
        for service in SERVICES:
            async with client_of(system, service, Role.OPERATIONS, "dsi-events") as client:
                state = (await client.get("/v1/events")).raise_for_status().json()
            for way in state["peers"]:
                ways.add_row(service, way["peer"], str(way["waiting"]), str(way["dead"]))
            for letter in state["dead_letters"]:
                refused = f"{letter['attempts']} times"
                dead.add_row(
                    service, letter["peer"], letter["type"], letter["subject"], refused, letter["last_error"]
                )
    output = Console()
    output.print(ways)
    output.print(dead if dead.row_count else "No dead letters.")


async def retry_dead_letters(data: Path | None, talk: Console) -> None:
    """Send all dead letters of all services again, and deliver them."""
    async with local_system(data) as system:
        for service in SERVICES:
            async with client_of(system, service, Role.OPERATIONS, "dsi-events") as client:
                revived = (await client.post("/v1/events/retry")).raise_for_status().json()["revived"]
            talk.print(f"{service}: {revived} on their way again")
        await system.settle()


MOST_DELIVERIES = 100


async def list_deliveries(source: str | None, reason: str | None, data: Path | None) -> None:
    """Print the newest that are set aside, and the queues that no line has."""
    wanted = {"state": "set_aside", "limit": str(MOST_DELIVERIES), **_given(source, reason)}
    async with (
        local_system(data) as system,
        client_of(system, "intake", Role.OPERATIONS, "dsi-deliveries") as client,
    ):
        found = (await client.get("/v1/telephony/deliveries", params=wanted)).raise_for_status().json()
        queues = (await client.get("/v1/telephony/queues")).raise_for_status().json()["items"]
    aside = Table("received", "exchange", "form", "reason", "id", title="Deliveries set aside")
    for one in found["items"]:
        aside.add_row(one["received_at"], one["source"], one["form"], one["reason"], one["id"])
    unknown = Table("exchange", "queue", "first seen", "last seen", title="Queues that no line has")
    for queue in queues:
        unknown.add_row(queue["source"], queue["queue"], queue["first_seen_at"], queue["last_seen_at"])
    output = Console()
    output.print(aside if aside.row_count else "No deliveries are set aside.")
    if found["next_cursor"] is not None:
        output.print(f"These are the newest {MOST_DELIVERIES}; there are more.")
    if unknown.row_count:
        output.print(unknown)


async def rerun_deliveries(source: str | None, reason: str | None, data: Path | None, talk: Console) -> None:
    """Interpret again what was set aside, and deliver the events that follow."""
    async with local_system(data) as system:
        async with client_of(system, "intake", Role.OPERATIONS, "dsi-deliveries") as client:
            path = "/v1/telephony/deliveries/rerun"
            answer = await client.post(path, params=_given(source, reason))
            talk.print(f"{answer.raise_for_status().json()['rerun']} read again")
        await system.settle()


def _given(source: str | None, reason: str | None) -> dict[str, str]:
    return {name: text for name, text in (("source", source), ("reason", reason)) if text is not None}
