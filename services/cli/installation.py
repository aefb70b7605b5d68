"""`dsi migrate` and `dsi rotate-keys`: an installation's schema and its keys."""

from pathlib import Path

from rich.console import Console

from services.hosting.local_system import local_system
from services.hosting.single_service import create_one
from services.intake.key_rotation.service import rotate
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


async def rotate_keys(data: Path | None, talk: Console, *, reindex: bool) -> None:
    """Encrypt every personal value again with the current key; with `reindex`, index them again as well."""
    async with local_system(data) as system:
        state = system.apps["intake"].state
        with talk.status("encrypting") as status:
            done = 0

            def progress(count: int) -> None:
                nonlocal done
                done += count
                status.update(f"encrypting: {done}")

            rotated = await rotate(
                state.database, state.vault, state.outbox, reindex=reindex, progress=progress
            )
    talk.print(
        f"Encrypted again: {rotated.contacts} contacts, {rotated.drafts} drafts, {rotated.callers} callers, "
        f"{rotated.deliveries} telephony deliveries, {rotated.answers} remembered answers"
    )
