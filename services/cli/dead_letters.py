"""`dsi events`: what waits to be delivered between the services, and what could not be."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.all_in_one import SERVICES
from services.cli.local_system import client_of, local_system
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
    """Revive all dead letters of all services and carry them."""
    async with local_system(data) as system:
        for service in SERVICES:
            async with client_of(system, service, Role.OPERATIONS, "dsi-events") as client:
                revived = (await client.post("/v1/events/retry")).raise_for_status().json()["revived"]
            talk.print(f"{service}: {revived} on their way again")
        await system.settle()
