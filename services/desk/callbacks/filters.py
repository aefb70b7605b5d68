"""What the forms about call-backs say: which ones are wanted, when to try again, which group is cleared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from services.desk.visitor import Form
from shared.clock import COPENHAGEN

STATUSES = ("open", "waiting", "taken", "settled", "cleared")
#: When to try again, as it is chosen with one key; `other` names the moment.
TRIES = ("30", "60", "180", "tomorrow", "other")
OUTCOMES = ("reached", "helped_otherwise", "wrong_number", "not_reached")
_MORNING = time(9, 0)


@dataclass(frozen=True)
class Wanted:
    """The filters of the list. They stand in its address: nothing in them is about a person."""

    status: str = "open"
    line: str | None = None
    short: str | None = None
    cursor: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wanted":
        """As the address says; what it cannot mean is left out."""
        status, short = query.get("status", "open"), query.get("short")
        return cls(
            status if status in STATUSES else "open",
            query.get("line") or None,
            short if short in {"yes", "no"} else None,
            query.get("cursor") or None,
        )

    @property
    def query(self) -> dict[str, Any]:
        """As intake is asked."""
        return {
            "status": None if self.status == "open" else self.status,
            "line": self.line,
            "short": None if self.short is None else str(self.short == "yes").lower(),
            "cursor": self.cursor,
        }

    def address(self, cursor: str | None = None) -> str:
        """The list's address with these filters, and from `cursor` on."""
        told = {"status": self.status, "line": self.line, "short": self.short, "cursor": cursor}
        known = {name: value for name, value in told.items() if value and value != "open"}
        return "/callbacks" + (f"?{urlencode(known)}" if known else "")


def state_of(summary: Mapping[str, Any]) -> str:
    """The list's state in few signs: another one means that somebody called, was called, or took one."""
    counts = (f"{one['line']}.{one['status']}.{one['count']}" for one in summary["callbacks"])
    return "~".join(sorted(counts))


def next_try_of(form: Form, now: datetime) -> datetime | None:
    """When to call again; None when it is no moment, or one that is over."""
    chosen = form.text("again") or "60"
    if chosen == "tomorrow":
        return _local(datetime.combine(now.astimezone(COPENHAGEN).date() + timedelta(days=1), _MORNING))
    if chosen != "other":
        return now + timedelta(minutes=int(chosen)) if chosen in TRIES else None
    moment = moment_of(form.text("at"))
    return moment if moment is not None and moment > now else None


def moment_of(typed: str | None) -> datetime | None:
    """`2026-03-10T14:00` as a browser's field gives it, in Copenhagen; None for anything else."""
    try:
        return _local(datetime.fromisoformat(typed or ""))
    except ValueError:
        return None


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=COPENHAGEN)


@dataclass(frozen=True)
class Clearing:
    """A group to clear: its criteria as intake takes them, and what is wrong, by field."""

    criteria: dict[str, Any]
    reason: str
    faults: dict[str, str]

    @property
    def mark(self) -> str:
        """The group in few signs, to tell whether it is the one that was shown."""
        return urlencode(sorted(self.criteria.items()))


def clearing_of(form: Form) -> Clearing:
    """Read the form. At least one criterion and a reason; what cannot be read is a fault at its field."""
    criteria: dict[str, Any] = {}
    faults: dict[str, str] = {}
    if line := form.text("line"):
        criteria["line"] = line
    for name in ("since", "before"):
        if typed := form.text(name):
            moment = moment_of(typed)
            if moment is None:
                faults[name] = "no_moment"
            else:
                criteria[name] = moment.isoformat()
    if typed := form.text("waited_less_than_seconds"):
        if typed.isdigit() and 0 < int(typed) <= 86_400:
            criteria["waited_less_than_seconds"] = int(typed)
        else:
            faults["waited_less_than_seconds"] = "no_seconds"
    if form.ticked("short"):
        criteria["short"] = True
    reason = form.text("reason") or ""
    if not criteria and not faults:
        faults["line"] = "no_criterion"
    if not 3 <= len(reason) <= 400:
        faults["reason"] = "no_reason"
    return Clearing(criteria, reason, faults)
