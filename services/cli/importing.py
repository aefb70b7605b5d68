"""`dsi import`: what other systems recorded, brought in through the same doors as live events."""

from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from exchange_follower.log_import import ImportCount, LinesRefusedError, import_queue_log
from services.cli.local_system import client_of, local_system
from shared.vocabulary import Role


async def import_queue_log_file(file: Path, data: Path | None, talk: Console) -> int:
    """Import a queue_log and print what it told; 0 when all of it was taken."""
    with file.open("rb") as log:
        lines = sum(1 for _ in log)
    async with (
        local_system(data) as system,
        client_of(system, "intake", Role.SERVICE, "dsi-import") as client,
    ):
        with Progress(console=talk) as progress:
            task = progress.add_task(file.name, total=lines)
            try:
                count = await import_queue_log(
                    client, file, progress=lambda done: progress.advance(task, done), told=system.do_jobs
                )
            except (LinesRefusedError, httpx.HTTPError) as error:
                talk.print(f"[red]Stopped: intake did not take the lines ({error}).[/red]")
                return 1
        with talk.status("telling the queues"):
            await system.settle()
    Console().print(_table(count))
    return 0


def _table(count: ImportCount) -> Table:
    table = Table("what", "count", title="What the log tells")
    for name, number in (
        ("calls (a contact each)", count.calls),
        ("queue visits", count.visits),
        ("answered calls", count.answered),
        ("abandoned calls", count.abandoned),
        ("lost calls", count.lost),
        ("new lines", count.new_deliveries),
        ("lines known before", count.duplicates),
        ("lines not understood (kept)", count.uninterpretable),
    ):
        table.add_row(name, str(number))
    return table
