"""The commands of `dsi follow`. As in services/cli/commands.py, each imports its module when it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

follow = typer.Typer(no_args_is_help=True, help="Follow an exchange and send intake its events.")
talk = Console(stderr=True)

Source = Annotated[str, typer.Option(help="The exchange's name in intake, where there are several.")]
Url = Annotated[str | None, typer.Option("--url", help="Intake's address. Default: DSI_INTAKE_URL.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="The folder that keeps the position or the spool.", file_okay=False),
]


@follow.command("queue-log")
def follow_queue_log(
    file: Annotated[Path, typer.Argument(help="Asterisk's queue_log; it may not be there yet.")],
    source: Source = "asterisk",
    url: Url = None,
    data: Data = None,
) -> None:
    """Send intake each line of a queue_log as it is written, through rotations and restarts."""
    from exchange_follower.running import follow_queue_log as run
    from exchange_follower.running import settings_for

    with _errors_in_one_sentence():
        run(file, _checked(source), settings_for(data, url))


@follow.command("ami")
def follow_ami(
    *,
    host: Annotated[str, typer.Option(help="The exchange.")],
    user: Annotated[str, typer.Option(help="The manager user; its password comes from DSI_AMI_SECRET.")],
    port: Annotated[int, typer.Option(help="Usually 5038; 5039 with --tls.", min=1, max=65535)] = 5038,
    source: Source = "asterisk",
    url: Url = None,
    tls: Annotated[bool, typer.Option("--tls", help="Encrypt; the certificate is verified.")] = False,
    ca_file: Annotated[
        Path | None, typer.Option(help="The authority that signed the exchange's certificate.", exists=True)
    ] = None,
    entrance: Annotated[
        list[str] | None,
        typer.Option(help="Dialplan context callers enter by; repeatable. Shows who never got into a queue."),
    ] = None,
    bound: Annotated[int, typer.Option(help="Events kept at most while intake is away.", min=1)] = 100_000,
    data: Data = None,
) -> None:
    """Send intake the events of an exchange's manager interface (AMI) as they happen."""
    from exchange_follower.running import SpoolOptions, exchange_at, settings_for
    from exchange_follower.running import follow_ami as run

    with _errors_in_one_sentence():
        settings = settings_for(data, url)
        exchange = exchange_at(host, port, user, settings, tls=tls, authority=ca_file)
        run(exchange, _checked(source), settings, SpoolOptions(frozenset(entrance or ()), bound))


@follow.command("status")
def follow_status(data: Data = None) -> None:
    """Show how far each follower of this folder has come, and what it has not sent yet."""
    from exchange_follower.running import settings_for
    from exchange_follower.status import show_followers

    show_followers(settings_for(data, None))


@contextmanager
def _errors_in_one_sentence() -> Iterator[None]:
    """Print errors that an operator can correct without a traceback, and exit with 1."""
    from exchange_follower.running import AlreadyFollowing

    try:
        yield
    except (AlreadyFollowing, ValueError, RuntimeError) as error:
        talk.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from error


def _checked(source: str) -> str:
    from pydantic import TypeAdapter

    from services.intake.telephony.canonical import Source as SourceName

    name: str = TypeAdapter(SourceName).validate_python(source)
    return name
