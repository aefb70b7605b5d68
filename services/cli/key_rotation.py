"""`dsi rotate-keys`."""

from pathlib import Path

from rich.console import Console

from services.cli.local_system import local_system
from services.intake.key_rotation.service import rotate


async def rotate_keys(data: Path | None, talk: Console, *, reindex: bool) -> None:
    """Seal every personal value anew with the current key; with `reindex`, index them anew as well."""
    async with local_system(data) as system:
        state = system.apps["intake"].state
        with talk.status("sealing anew") as status:
            done = 0

            def progress(count: int) -> None:
                nonlocal done
                done += count
                status.update(f"sealing anew: {done}")

            rotated = await rotate(
                state.database, state.vault, state.outbox, reindex=reindex, progress=progress
            )
    talk.print(
        f"Sealed anew: {rotated.contacts} contacts, {rotated.drafts} drafts, {rotated.callers} callers, "
        f"{rotated.deliveries} telephony deliveries, {rotated.answers} remembered answers"
    )
