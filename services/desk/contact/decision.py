"""What the user decides: to accept the recommendation, or another place with a reason."""

from dataclasses import dataclass
from typing import Any

from services.desk.form import Fault, Form


@dataclass(frozen=True)
class Choice:
    """A decision as triage takes it, without the facts that it is made on."""

    body: dict[str, Any]
    once: str | None


def choice_of(form: Form) -> tuple[Choice, tuple[Fault, ...]]:
    """The decision in the form, and its faults."""
    body, faults = _body_of(form)
    return Choice(body, form.text("once")), faults


def _body_of(form: Form) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    if not form.ticked("override"):
        seen = form.text("seen")
        # Only what is accepted must be what was seen: another place is chosen whatever is recommended.
        return {"accept": True} | ({"seen": _recommendation_in(seen)} if seen else {}), ()
    kind, reason = form.text("other_kind") or "unit", form.text("reason")
    if reason is None:
        return {}, (Fault("reason", "no_reason"),)
    override = {"kind": kind, "unit": form.text("unit") if kind == "unit" else "reception"}
    if kind == "unit" and override["unit"] is None:
        return {}, (Fault("unit", "no_unit"),)
    if kind == "other_authority" and (administration := form.text("administration")):
        override["administration"] = administration
    return {"override": override, "reason": reason}, ()


def _recommendation_in(seen: str) -> dict[str, Any]:
    """The recommendation as triage compares it, from the form (`seen` in contact_advice.html)."""
    kind, unit, administration, urgency, ruleset = [*seen.split(":", 4), "", "", "", ""][:5]
    return {
        "destination": {"kind": kind, "unit": unit, "administration": administration or None},
        "urgency": urgency or None,
        "ruleset": ruleset or None,
    }


def field_at(pointer: str) -> str:
    """The form's field for a JSON pointer into intake's bodies: two people have a name."""
    last = pointer.rpartition("/")[2]
    return "citizen_name" if pointer == "/citizen/name" else "contact_name" if last == "name" else last
