"""The `dsi` command: its arguments and help. The work is in the modules beside this one.

Each command imports its module when it runs: printing a token does not load a database driver.
"""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from exchange_follower.commands import follow
from shared.access import EVERY_UNIT, Tokens
from shared.settings import CommonSettings
from shared.vocabulary import Role, Unit

dsi = typer.Typer(
    name="dsi",
    help="Din Sociale Indgang: the one entrance to a city's social services.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
imports = typer.Typer(no_args_is_help=True, help="Bring in what other systems recorded.")
events = typer.Typer(invoke_without_command=True, help="Events that could not be delivered.")
dsi.add_typer(imports, name="import")
dsi.add_typer(events, name="events")
rulesets = typer.Typer(no_args_is_help=True, help="The rules that contacts are sent by.")
dsi.add_typer(rulesets, name="rulesets")
dsi.add_typer(follow, name="follow")
deliveries = typer.Typer(
    invoke_without_command=True, help="What telephone exchanges sent and could not be interpreted."
)
dsi.add_typer(deliveries, name="deliveries")

#: Progress and messages go to standard error; only results go to standard output.
talk = Console(stderr=True)

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The installation's folder (databases, secrets).", file_okay=False),
]


class Part(StrEnum):
    """What can run alone."""

    INTAKE = "intake"
    TRIAGE = "triage"
    ROUTING = "routing"
    DESK = "desk"


@dsi.command()
def serve(
    service: Annotated[Part | None, typer.Argument(help="One service alone; without it, all.")] = None,
    port: Annotated[int | None, typer.Option(help="Default 8000; alone 8001 to 8004.")] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    behind_gateway: Annotated[
        bool, typer.Option("--behind-gateway", help="Links begin with /intake, /triage or /routing.")
    ] = False,
    data: Data = None,
) -> None:
    """Run the whole system in one process, or one service alone."""
    from services.cli.serving import serve as run

    alone = None if service is None else str(service)
    run(alone, host, port, data, talk, prefix=f"/{alone}" if behind_gateway and alone != "desk" else "")


@dsi.command()
def token(
    role: Annotated[list[Role], typer.Option(help="What the bearer may do; repeatable.")],
    unit: Annotated[
        list[str] | None, typer.Option(help="A caseworker's unit; repeatable. Default: every unit.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="Who the bearer is.")] = None,
    hours: Annotated[float, typer.Option(help="How long it is valid.")] = 12,
    data: Data = None,
) -> None:
    """Print a development token for this installation."""
    settings = CommonSettings() if data is None else CommonSettings(data=data)
    try:
        units = [Unit(code).value for code in unit] if unit else [EVERY_UNIT]
        made = Tokens(settings).for_development(
            role, units, subject or f"example-{role[0]}", int(hours * 3600)
        )
    except (RuntimeError, ValueError) as error:
        talk.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from error
    typer.echo(made)


@dsi.command()
def migrate(
    service: Annotated[Part | None, typer.Argument(help="One service; without it, all three.")] = None,
    to: Annotated[str, typer.Option(help="A revision, `head` or `base`.")] = "head",
    data: Data = None,
) -> None:
    """Bring the databases to the newest schema."""
    from services.cli.installation import migrate_services

    asyncio.run(migrate_services(None if service is None else str(service), to, data, talk))


@dsi.command()
def simulate(
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days to play.")] = 7,
    seed: Annotated[int, typer.Option(help="The same seed plays the same week.")] = 1,
    data: Data = None,
) -> None:
    """Play days of the city through the public HTTP API, faster than real time."""
    from services.cli.simulating import simulate_days

    raise typer.Exit(asyncio.run(simulate_days(days, seed, data, talk)))


@imports.command("queue-log")
def import_queue_log(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Asterisk's queue_log.")],
    data: Data = None,
) -> None:
    """Make calls and contacts of Asterisk's queue_log. Importing it again changes nothing."""
    from services.cli.imports import import_queue_log_file

    raise typer.Exit(asyncio.run(import_queue_log_file(file, data, talk)))


@imports.command("calls-csv")
def import_calls_csv(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, plain or gzip.")],
    *,
    shuffle_seconds: Annotated[
        float, typer.Option(min=0, max=86_400, help="Each event arrives up to so late.")
    ] = 0,
    doubled: Annotated[float, typer.Option(min=0, max=1, help="The share of events sent twice.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed, the same disorder.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first calls.")] = None,
    update_queues: Annotated[
        bool,
        typer.Option(
            "--tell-queues/--no-tell-queues",
            help="Deliver the events to the queues at once, and not when the system runs.",
        ),
    ] = True,
    data: Data = None,
) -> None:
    """Replay recorded calls as if live, and compare what is derived with the record."""
    from research_calls.calls_file import Disorder
    from research_calls.command import CallsImport, import_calls_file

    disorder = Disorder(shuffle_seconds, doubled, seed)
    wanted = CallsImport(file, disorder, limit, update_queues)
    raise typer.Exit(asyncio.run(import_calls_file(wanted, data, talk)))


@imports.command("hsds")
def import_hsds(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Services in HSDS form, JSON.")],
    source: Annotated[str | None, typer.Option(help="Whose file it is. Default: its name.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would do.")] = False,
    data: Data = None,
) -> None:
    """Take an organisation's offers into the catalogue, all or nothing. Again, it changes nothing."""
    from services.cli.imports import import_hsds_file

    whose = source or file.stem.lower()
    raise typer.Exit(asyncio.run(import_hsds_file(file, whose, data, talk, dry_run=dry_run)))


@events.callback()
def events_at_a_glance(context: typer.Context, data: Data = None) -> None:
    """Show what waits to be delivered between the services, and what could not be."""
    if context.invoked_subcommand is None:
        events_list(data)


@events.command("list")
def events_list(data: Data = None) -> None:
    """Show what waits to be delivered, and what could not be."""
    from services.cli.undelivered import list_dead_letters

    asyncio.run(list_dead_letters(data, talk))


@events.command("retry")
def events_retry(data: Data = None) -> None:
    """Send everything that could not be delivered again."""
    from services.cli.undelivered import retry_dead_letters

    asyncio.run(retry_dead_letters(data, talk))


Source = Annotated[str | None, typer.Option("--source", help="One exchange; without it, all.")]
Reason = Annotated[str | None, typer.Option("--reason", help="One reason; without it, all.")]


@deliveries.callback()
def deliveries_set_aside(
    context: typer.Context, source: Source = None, reason: Reason = None, data: Data = None
) -> None:
    """Show the deliveries that are set aside, why, and the queues that no line has."""
    from services.cli.undelivered import list_deliveries

    if context.invoked_subcommand is None:
        asyncio.run(list_deliveries(source, reason, data))


@deliveries.command("rerun")
def deliveries_rerun(source: Source = None, reason: Reason = None, data: Data = None) -> None:
    """Interpret again what was set aside; what still cannot be is set aside again."""
    from services.cli.undelivered import rerun_deliveries

    asyncio.run(rerun_deliveries(source, reason, data, talk))


@rulesets.command("check")
def rulesets_check(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Rule set files.")],
) -> None:
    """Read and prove rule set files: each fault with its line, each finding with a citizen."""
    from services.cli.rulesets import check_files

    raise typer.Exit(check_files(files, Console()))


@rulesets.command("list")
def rulesets_list(data: Data = None) -> None:
    """Show the installation's rule sets, and from when they are in force."""
    from services.cli.rulesets import list_rulesets

    asyncio.run(list_rulesets(data, Console()))


@dsi.command("rotate-keys")
def rotate(
    reindex: Annotated[
        bool, typer.Option("--reindex", help="Also index every contact again, after a new DSI_INDEX_KEY.")
    ] = False,
    data: Data = None,
) -> None:
    """Encrypt all personal values again with the first of DSI_SEAL_KEYS."""
    from services.cli.installation import rotate_keys

    asyncio.run(rotate_keys(data, talk, reindex=reindex))
