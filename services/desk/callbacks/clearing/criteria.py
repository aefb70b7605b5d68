"""The form that describes a group of call-backs to clear."""

from dataclasses import dataclass
from urllib.parse import urlencode

from services.desk.form import Form, local_moment

_A_DAY_SECONDS = 86_400
_LEAST_REASON, _MOST_REASON = 3, 400


@dataclass(frozen=True)
class Clearing:
    """A group to clear: its criteria as intake takes them, and the faults by field (keys of texts)."""

    criteria: dict[str, str | int]
    reason: str
    faults: dict[str, str]

    @property
    def mark(self) -> str:
        """The criteria in one text: the same for the group that was previewed."""
        return urlencode(sorted(self.criteria.items()))


def clearing_of(form: Form) -> Clearing:
    """Read the form. It needs at least one criterion and a reason."""
    criteria: dict[str, str | int] = {}
    faults: dict[str, str] = {}
    if line := form.text("line"):
        criteria["line"] = line
    for name in ("since", "before"):
        try:
            moment = local_moment(form.text(name))
        except ValueError:
            faults[name] = "no_moment"
            continue
        if moment is not None:
            criteria[name] = moment.isoformat()
    if typed := form.text("waited_less_than_seconds"):
        if typed.isdigit() and 0 < int(typed) <= _A_DAY_SECONDS:
            criteria["waited_less_than_seconds"] = int(typed)
        else:
            faults["waited_less_than_seconds"] = "no_seconds"
    if form.ticked("short"):
        criteria["short"] = True
    reason = form.text("reason") or ""
    if not criteria and not faults:
        faults["line"] = "no_criterion"
    if not _LEAST_REASON <= len(reason) <= _MOST_REASON:
        faults["reason"] = "no_reason"
    return Clearing(criteria, reason, faults)
