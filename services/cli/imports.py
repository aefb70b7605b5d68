"""`dsi import`: what other systems recorded, sent through the same API as live events."""

from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from exchange_follower.log_import import ImportCount, LinesRefusedError, import_queue_log
from services.hosting.local_system import client_of, local_system
from shared.vocabulary import Role


async def import_queue_log_file(file: Path, data: Path | None, talk: Console) -> int:
    """Import a queue_log and print what it has; 0 when all of it was taken."""
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
                    client, file, progress=lambda done: progress.advance(task, done), derive=system.do_jobs
                )
            except (LinesRefusedError, httpx.HTTPError) as error:
                talk.print(f"[red]Stopped: intake did not take the lines ({error}).[/red]")
                return 1
        with talk.status("updating the queues"):
            await system.settle()
    Console().print(_log_table(count))
    return 0


def _log_table(count: ImportCount) -> Table:
    table = Table("what", "count", title="What the log holds")
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


async def import_hsds_file(
    file: Path, source: str, data: Path | None, talk: Console, *, dry_run: bool
) -> int:
    """Import the file and print what changed; 1, with each fault's place, when it was refused."""
    async with (
        local_system(data) as system,
        client_of(system, "triage", Role.RULES_EDITOR, "dsi-import") as client,
    ):
        answer = await client.post(
            "/v1/catalogue/import", params={"source": source, "dry_run": dry_run}, content=file.read_bytes()
        )
    result = answer.json()
    if answer.is_error:
        talk.print(result["title"], style="red", markup=False)
        for fault in result.get("errors", []):
            talk.print(f"{fault['pointer'] or '/'}: {fault['message']}", markup=False)
        return 1
    Console().print(_changes_table(result))
    return 0


def _changes_table(result: dict[str, Any]) -> Table:
    title = "What it would do" if result["dry_run"] else "What it did"
    table = Table("what", "count", "which", title=title)
    for name, field in (
        ("new offers", "new"),
        ("changed offers", "changed"),
        ("no longer in the file", "ended"),
        ("kept by hand here", "kept_by_hand"),
    ):
        # A name is a stranger's text: brackets in it are no markup.
        names = ", ".join(each["name"] for each in result[field]).replace("[", r"\[")
        table.add_row(name, str(len(result[field])), names)
    table.add_row("unchanged", str(result["unchanged"]), "")
    return table
