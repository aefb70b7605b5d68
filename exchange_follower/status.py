"""`dsi follow status`: how far the followers whose positions are in this folder have come."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from exchange_follower.log_reader import LogReader
from exchange_follower.position import read_position
from exchange_follower.running import LOGS, SPOOLS
from exchange_follower.spool import Spool
from shared.settings import CommonSettings


def show_followers(settings: CommonSettings) -> None:
    """A line for each source. Reads only; the followers may be running."""
    folder = settings.data / "follow"
    table = Table("source", "follows", "sent up to", "not sent yet", "lost", title="Followers")
    for kept_in in sorted(folder.glob(f"*{LOGS}")):
        table.add_row(kept_in.name.removesuffix(LOGS), *_of_log(kept_in))
    for kept_in in sorted(folder.glob(f"*{SPOOLS}")):
        table.add_row(kept_in.name.removesuffix(SPOOLS), *_of_spool(kept_in))
    Console().print(table if table.row_count else "No follower has kept anything here.")


def _of_log(kept_in: Path) -> tuple[str, str, str, str]:
    position = read_position(kept_in)
    sent_up_to = datetime.fromtimestamp(kept_in.stat().st_mtime, UTC)
    unread = LogReader(Path(position.log), position.mark).behind_bytes()
    return position.log, f"{sent_up_to:%Y-%m-%d %H:%M:%S}Z", f"{unread} bytes", "-"


def _of_spool(kept_in: Path) -> tuple[str, str, str, str]:
    with closing(Spool(kept_in)) as spool:
        return "AMI", spool.oldest or "all", f"{spool.waiting} events", str(spool.without_room)
