"""`dsi import hsds`: an organisation's own offers, through the same door as the API's."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.local_system import client_of, local_system
from shared.vocabulary import Role


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
    told = answer.json()
    if answer.is_error:
        talk.print(told["title"], style="red", markup=False)
        for fault in told.get("errors", []):
            talk.print(f"{fault['pointer'] or '/'}: {fault['message']}", markup=False)
        return 1
    Console().print(_table(told))
    return 0


def _table(told: dict[str, Any]) -> Table:
    title = "What it would do" if told["dry_run"] else "What it did"
    table = Table("what", "count", "which", title=title)
    for name, field in (
        ("new offers", "new"),
        ("changed offers", "changed"),
        ("no longer in the file", "ended"),
        ("kept by hand here", "kept_by_hand"),
    ):
        # A name is a stranger's text: brackets in it are no markup.
        names = ", ".join(each["name"] for each in told[field]).replace("[", r"\[")
        table.add_row(name, str(len(told[field])), names)
    table.add_row("unchanged", str(told["unchanged"]), "")
    return table
