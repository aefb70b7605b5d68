"""What the user decides: to accept the recommendation, or another place with a reason."""

from dataclasses import dataclass
from typing import Any

from services.desk.form import Fault, Form
from services.desk.triage_models import Destination


@dataclass(frozen=True)
class Choice:
    """A decision as triage takes it. `seen` is the place on the user's screen, None when there was none."""

    body: dict[str, Any]
    seen: str | None
    once: str | None

    @property
    def accepts(self) -> bool:
        """Whether the user follows the recommendation."""
        return "accept" in self.body


def choice_of(form: Form) -> tuple[Choice, tuple[Fault, ...]]:
    """The decision in the form, and its faults."""
    body, faults = _body_of(form)
    return Choice(body, form.text("seen"), form.text("once")), faults


def _body_of(form: Form) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    if not form.ticked("override"):
        return {"accept": True}, ()
    kind, reason = form.text("other_kind") or "unit", form.text("reason")
    if reason is None:
        return {}, (Fault("reason", "no_reason"),)
    override = {"kind": kind, "unit": form.text("unit") if kind == "unit" else "reception"}
    if kind == "unit" and override["unit"] is None:
        return {}, (Fault("unit", "no_unit"),)
    if kind == "other_authority" and (administration := form.text("administration")):
        override["administration"] = administration
    return {"override": override, "reason": reason}, ()


def place_of(destination: Destination) -> str:
    """A destination as the form remembers it (`seen` in contact_advice.html)."""
    return f"{destination.kind}:{destination.unit}:{destination.administration or ''}"


def field_at(pointer: str) -> str:
    """The form's field for a JSON pointer into intake's bodies: two people have a name."""
    last = pointer.rpartition("/")[2]
    return "citizen_name" if pointer == "/citizen/name" else "contact_name" if last == "name" else last
