"""`dsi import calls-csv`: replays recorded calls as if live, and prints what intake derived from them."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from exchange_follower.log_import import LinesRefusedError
from research_calls.calls_file import CallsFile, Disorder, NotACallsFileError
from research_calls.comparing import Comparison, ImportTally, compare, derived_calls, import_calls
from research_calls.recorded_calls import Flaw
from services.hosting.all_in_one import AllInOne
from services.hosting.local_system import client_of, local_system
from shared.vocabulary import Role

_SUBJECT = "dsi-import"


@dataclass(frozen=True)
class CallsImport:
    """Options of an import. Without `update_queues` events reach the other services when the system runs."""

    file: Path
    disorder: Disorder
    limit: int | None = None
    update_queues: bool = True

    @property
    def source(self) -> str:
        """The exchange's name, made of the file's: importing the same file again is importing it again."""
        name = re.sub(r"[^a-z0-9]+", "-", self.file.name.lower().partition(".")[0]).strip("-")
        return f"csv-{name or 'calls'}"[:40]


async def import_calls_file(options: CallsImport, data: Path | None, talk: Console) -> int:
    """Import the file and print what came of it; 0 when all was stored and derived as recorded."""
    try:
        with talk.status("putting the calls in order"):
            calls = CallsFile(options.file, options.limit)
    except (NotACallsFileError, OSError) as error:
        talk.print(f"[red]This is no file of recorded calls: {error}.[/red]")
        return 2
    async with local_system(data) as system:
        try:
            for job in system.apps["intake"].state.jobs:
                # Calls are derived while others still arrive, as when the system runs.
                job.start()
            tally = await _deliver(system, options, calls, talk)
            with talk.status("deriving calls"):
                await system.do_jobs()
            with talk.status("comparing what was derived with the record"):
                found = await _compare(system, options, calls)
        except (LinesRefusedError, httpx.HTTPError) as error:
            talk.print(f"[red]Stopped: intake did not take the calls ({error}).[/red]")
            return 1
        if options.update_queues:
            with talk.status("updating the queues"):
                await system.settle()
    _print(calls, tally, found)
    return 1 if found.differing else 0


async def _deliver(system: AllInOne, options: CallsImport, calls: CallsFile, talk: Console) -> ImportTally:
    async with client_of(system, "intake", Role.TELEPHONY, _SUBJECT) as client:
        with Progress(console=talk) as progress:
            task = progress.add_task(options.file.name, total=None)
            return await import_calls(
                client,
                calls,
                options.source,
                options.disorder,
                progress=lambda done: progress.advance(task, done),
            )


async def _compare(system: AllInOne, options: CallsImport, calls: CallsFile) -> Comparison:
    async with client_of(system, "intake", Role.RECEPTION, _SUBJECT) as client:
        derived, digest = await derived_calls(client, options.source)
    return compare(calls, derived, digest)


def _print(calls: CallsFile, tally: ImportTally, found: Comparison) -> None:
    table = Table("what", "count", title="What the file holds")
    for name, number in (
        ("calls", len(calls)),
        ("rows that are no calls", calls.unreadable),
        ("deliveries", tally.deliveries),
        ("new deliveries", tally.new),
        ("deliveries known before", tally.duplicates),
        ("consistent calls", found.consistent),
        ("... derived as recorded", found.equal),
        ("... derived otherwise", len(found.differing)),
    ):
        table.add_row(name, f"{number:,}")
    console = Console()
    console.print(table)
    console.print(_flaws(found.flaws, found.flawed_and_differing))
    for call in found.differing[:20]:
        console.print(f"derived otherwise: call {call}", style="red")
    console.print(f"digest of what was derived: {found.digest}", soft_wrap=True)


def _flaws(flaws: Counter[Flaw], differing: Counter[Flaw]) -> Table:
    table = Table("inconsistent record", "calls", "derived otherwise", title="Inconsistent calls by kind")
    for flaw, number in flaws.most_common():
        table.add_row(flaw, f"{number:,}", f"{differing[flaw]:,}")
    return table
