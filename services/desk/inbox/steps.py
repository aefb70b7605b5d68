"""What can be done with an entry, who may do it, and what each step has to be told."""

from collections.abc import Mapping
from typing import Any

from services.desk.session import Session
from services.desk.visitor import Form
from shared.vocabulary import ReasonCode, Role

Entry = Mapping[str, Any]

#: Outcomes that a person can end an entry with, most common first (routing's CompleteBody).
OUTCOMES = ("completed", "advised", "referred", "forwarded", "duplicate")
REASON_CODES = tuple(code.value for code in ReasonCode)
#: Steps that operations take as well, to put right what lies wrong.
_MOVES = frozenset({"release", "transfer"})
_WORK = frozenset({"take", "release", "complete", "return", "transfer", "meet"})
MOST_REASON = 500


def steps_of(session: Session, queue: Mapping[str, Any]) -> frozenset[str]:
    """What the person may do in this queue at all; routing decides, this only spares them a refusal."""
    if session.role is Role.OPERATIONS:
        return _MOVES
    receptions = queue["kind"] == "reception" or queue["unit"] == "reception"
    works = receptions if session.role is Role.RECEPTION else queue["unit"] in session.units
    if not works:
        return frozenset()
    return _WORK - {"return"} if queue["kind"] == "reception" else _WORK


def hindrance(step: str, entry: Entry, session: Session) -> str | None:
    """Why the step cannot be done with this entry as it stands: a text's key; None when it can."""
    if entry["status"] not in {"waiting", "taken"}:
        return "closed"
    held_by_another = entry["taken_by"] not in {None, session.subject} and session.role is not Role.OPERATIONS
    if step == "take":
        return "taken" if entry["status"] == "taken" else None
    if entry["status"] == "taken" and held_by_another:
        return "taken_by_another"
    if step in {"release", "complete", "meet"} and entry["status"] == "waiting":
        return "not_taken"
    return None


def body_of(step: str, form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """What routing is told, and the faults by field: a text's key each."""
    body = {name: text for name in _TOLD.get(step, ()) if (text := form.text(name))}
    faults = {name: f"no_{name}" for name in _NEEDED.get(step, ()) if name not in body}
    if len(body.get("reason", "")) > MOST_REASON:
        faults["reason"] = "long_reason"
    return body, faults


_TOLD = {
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
