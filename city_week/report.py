"""The closing tables of a simulation."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from city_week.checks import Findings
from city_week.tally import Tally

_CHANNELS = ("phone", "walk_in", "written")


def print_report(
    console: Console, tally: Tally, queues: Iterable[dict[str, Any]], findings: Findings
) -> None:
    """Contacts by channel, destinations, waits, questions, overrides, and whether each is in one place."""
    console.print(_channels(tally))
    console.print(_destinations(tally))
    console.print(_waits(queues))
    console.print(_work(tally))
    console.print(_places(findings))


def _channels(tally: Tally) -> Table:
    table = Table("channel", "contacts", "answered", "gave up", title="Contacts")
    for channel in _CHANNELS:
        phone = channel == "phone"
        answered, gave_up = (str(tally.answered), str(tally.abandoned)) if phone else ("", "")
        table.add_row(channel, str(tally.arrived[channel]), answered, gave_up)
    table.add_row("all", str(tally.arrived.total()), "", "", style="bold")
    return table


def _destinations(tally: Tally) -> Table:
    table = Table("destination", *_CHANNELS, "all", title="Where they were sent")
    names = {name: 0 for _, name in tally.destinations}
    for (_, name), count in tally.destinations.items():
        names[name] += count
    for name, total in sorted(names.items(), key=lambda item: -item[1]):
        table.add_row(name, *(str(tally.destinations[channel, name]) for channel in _CHANNELS), str(total))
    return table


def _waits(queues: Iterable[dict[str, Any]]) -> Table:
    table = Table(
        "queue", "served", "gave up", "waiting", "p50", "p90", title="Waits (those still waiting counted in)"
    )
    for row in queues:
        table.add_row(
            row["queue"],
            str(row["answered"]),
            str(row["abandoned"]),
            str(row["waiting"]),
            duration_text(row["p50"]),
            duration_text(row["p90"]),
        )
    return table


def _work(tally: Tally) -> Table:
    table = Table("what", "times", title="Triage and teams")
    for fact, count in tally.questions.most_common():
        table.add_row(f"asked: {fact}", str(count))
    for name in ("overrides", "returned", "completed", "closed", "companions"):
        table.add_row(name, str(getattr(tally, name)))
    return table


def _places(findings: Findings) -> str:
    if not findings.wrong:
        return (
            f"[green]Every one of {findings.contacts} contacts is in exactly one place[/green] "
            f"({findings.open_entries} in a queue, the others closed)."
        )
    lines = [
        f"[red]{len(ids)} contacts {what}[/red]: {', '.join(ids[:5])}"
        for what, ids in (
            ("in no place", findings.nowhere),
            ("in two places", findings.twice),
            ("closed, but in a queue", findings.closed_but_waiting),
            ("in a queue, but unknown to intake", findings.unknown),
        )
        if ids
    ]
    return "\n".join(lines)


def duration_text(wait: dict[str, Any] | None) -> str:
    """`4:05` (minutes), `3 h 10` or `2 d 4 h`; `≥` before a lower bound."""
    if wait is None:
        return "–"
    seconds, bound = round(wait["seconds"]), "≥ " if wait["at_least"] else ""
    if seconds < 3600:
        return f"{bound}{seconds // 60}:{seconds % 60:02d}"
    if seconds < 48 * 3600:
        return f"{bound}{seconds // 3600} h {seconds % 3600 // 60:02d}"
    return f"{bound}{seconds // 86400} d {seconds % 86400 // 3600} h"
