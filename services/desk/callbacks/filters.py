"""The list's filters, and when to try a number again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from services.desk.form import Form, local_moment
from shared.clock import COPENHAGEN

STATUSES = ("open", "waiting", "taken", "settled", "cleared")
#: When to try again, as it is chosen with one key; `other` names the moment.
TRIES = ("30", "60", "180", "tomorrow", "other")
OUTCOMES = ("reached", "helped_otherwise", "wrong_number", "not_reached")
_MORNING = time(9, 0)


@dataclass(frozen=True)
class CallbackFilter:
    """The filters of the list. They are in its address, because they say nothing about a person."""

    status: str = "open"
    line: str | None = None
    short: str | None = None
    cursor: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "CallbackFilter":
        """The filters in an address; a value that does not exist, of an old bookmark say, is left out."""
        status, short = query.get("status", "open"), query.get("short")
        return cls(
            status if status in STATUSES else "open",
            query.get("line") or None,
            short if short in {"yes", "no"} else None,
            query.get("cursor") or None,
        )

    @property
    def query(self) -> dict[str, str | None]:
        """As query parameters of intake."""
        return {
            "status": None if self.status == "open" else self.status,
            "line": self.line,
            "short": None if self.short is None else str(self.short == "yes").lower(),
            "cursor": self.cursor,
        }

    def address(self, cursor: str | None = None) -> str:
        """The list's address with these filters, from `cursor` on."""
        named = {"status": self.status, "line": self.line, "short": self.short, "cursor": cursor}
        known = {name: value for name, value in named.items() if value and value != "open"}
        return "/callbacks" + (f"?{urlencode(known)}" if known else "")


def next_try_of(form: Form, now: datetime) -> datetime | None:
    """When to call again; None when it is no moment, or one in the past."""
    chosen = form.text("again") or "60"
    if chosen == "tomorrow":
        day = now.astimezone(COPENHAGEN).date() + timedelta(days=1)
        return datetime.combine(day, _MORNING, COPENHAGEN)
    if chosen != "other":
        return now + timedelta(minutes=int(chosen)) if chosen in TRIES else None
    try:
        moment = local_moment(form.text("at"))
    except ValueError:
        return None
    return moment if moment is not None and moment > now else None
