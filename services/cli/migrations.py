"""`dsi migrate`."""

from pathlib import Path

from rich.console import Console

from services.single_service import create_one
from shared.database import Database
from shared.migrating import SERVICES, migrate


async def migrate_services(service: str | None, to: str, data: Path | None, talk: Console) -> None:
    """Migrate one service's database, or all three, to revision `to`."""
    for name in [service] if service else SERVICES:
        if name == "desk":
            talk.print("desk: has no database")
            continue
        settings = create_one(name, data).state.settings
        database = Database(settings.database_url(name, getattr(settings, f"{name}_database_url")))
        try:
            with talk.status(f"{name}: to {to}"):
                await migrate(database, name, to)
        finally:
            await database.close()
        talk.print(f"{name}: at {to}")
