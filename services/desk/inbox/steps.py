"""The steps that can be taken with an entry: who may take them, and what each needs."""

from services.desk.form import Form
from services.desk.routing_models import Entry, Queue
from services.desk.session import Session
from shared.vocabulary import ReasonCode, Role

#: Outcomes that a person can end an entry with, most common first (routing's CompleteBody).
OUTCOMES = ("completed", "advised", "referred", "forwarded", "duplicate")
REASON_CODES = tuple(code.value for code in ReasonCode)
#: Steps that operations take as well, to correct where an entry is.
_MOVES = frozenset({"release", "transfer"})
_WORK = frozenset({"take", "release", "complete", "return", "transfer", "meet"})
MOST_REASON = 500


def steps_of(session: Session, queue: Queue) -> frozenset[str]:
    """The steps that the user may take in this queue. Routing decides; the page leaves out the others."""
    if session.role is Role.OPERATIONS:
        return _MOVES
    at_reception = queue.kind == "reception" or queue.unit == "reception"
    works = at_reception if session.role is Role.RECEPTION else queue.unit in session.units
    if not works:
        return frozenset()
    return _WORK - {"return"} if queue.kind == "reception" else _WORK


def hindrance(step: str, entry: Entry, session: Session) -> str | None:
    """Why the step cannot be done with this entry as it is: a text's key; None when it can."""
    if entry.status not in {"waiting", "taken"}:
        return "closed"
    taken_by_another = entry.taken_by not in {None, session.subject} and session.role is not Role.OPERATIONS
    if step == "take":
        return "taken" if entry.status == "taken" else None
    if entry.status == "taken" and taken_by_another:
        return "taken_by_another"
    if step in {"release", "complete", "meet"} and entry.status == "waiting":
        return "not_taken"
    return None


def body_of(step: str, form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """The step's body for routing, and the faults by field (keys of texts)."""
    body = {name: text for name in _FIELDS.get(step, ()) if (text := form.text(name))}
    faults = {name: f"no_{name}" for name in _NEEDED.get(step, ()) if name not in body}
    if len(body.get("reason", "")) > MOST_REASON:
        faults["reason"] = "long_reason"
    return body, faults


_FIELDS = {
    "complete": ("outcome",),
    "return": ("reason", "reason_code"),
    "transfer": ("queue", "reason"),
    "release": ("reason",),
}
_NEEDED = {
    "complete": ("outcome",),
    "return": ("reason", "reason_code"),
    "transfer": ("queue", "reason"),
}
