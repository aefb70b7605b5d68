"""The form of an act that ends a duty: read for routing, with each fault at its field.

A page can have the forms of many acts, so a field's name says whose it is. Where an entry is completed, the
act that was chosen for a duty is in the field `duty-<id>`, and the act's own fields begin with `with-`: the
page has the form of the act alone as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.desk.form import Form, local_moment
from services.desk.routing_models import Act, ActField, Duty

MOST_TEXT = 500
#: What the fields of an act begin with where an entry is completed.
WITH_ENTRY = "with"
#: When it was done, where that is not now.
MOMENT = "at"


@dataclass(frozen=True)
class ReadAct:
    """An act as routing takes it, and the faults by field (keys of texts)."""

    duty: Duty
    act: Act
    body: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)
    within: str = ""

    @property
    def contact(self) -> ActField | None:
        """The field for another contact's reference, if the act has one."""
        return next((one for one in self.act.needed if one.kind == "contact"), None)

    @property
    def contact_key(self) -> str | None:
        """Where the body has the other contact, if there is one in it."""
        return self.contact.name if self.contact is not None and self.contact.name in self.body else None

    def field_at(self, pointer: str) -> str:
        """The form's field for a JSON pointer into the body; the act itself when it is none of them."""
        last = pointer.rpartition("/")[2]
        known = {one.name for one in self.act.needed} | {MOMENT}
        return self.name_of(last if last in known else "")

    def name_of(self, name: str) -> str:
        """The form's field of this name; without `name` the form itself."""
        return field_name(self.duty, self.act, name, self.within)


@dataclass(frozen=True)
class Attempt:
    """Acts that were not done: what was typed, the faults by field, and why (a text's key).

    `duty_id` is empty where they came with the completing of an entry.
    """

    duty_id: str
    fields: dict[str, list[str]]
    faults: dict[str, str] = field(default_factory=dict)
    notice: str | None = None
    status: int = 422


def field_name(duty: Duty, act: Act, name: str, within: str = "") -> str:
    """A field of this act's form, as its name and its id; without `name` the form itself."""
    return "-".join(part for part in (within, duty.id, act.act, name) if part)


def choice_name(duty: Duty) -> str:
    """The field in which one chooses what becomes of the duty when the entry is completed."""
    return f"duty-{duty.id}"


def open_of(duties: Sequence[Duty] | None) -> list[Duty]:
    """Those that still have to be met, the one that is due first before the others."""
    return sorted((one for one in duties or () if one.is_open), key=lambda one: one.due_at)


def act_of(duty: Duty, code: str | None) -> Act | None:
    """The act of that code; None when the duty has no such act."""
    return next((one for one in duty.acts if one.act == code), None)


def chosen_acts(form: Form, duties: Sequence[Duty]) -> list[ReadAct]:
    """What was chosen for each open duty, without those that go on."""
    chosen = ((duty, act_of(duty, form.text(choice_name(duty)))) for duty in open_of(duties))
    return [read_act(form, duty, act, WITH_ENTRY) for duty, act in chosen if act is not None]


def read_act(form: Form, duty: Duty, act: Act, within: str = "") -> ReadAct:
    """The act's body; each field that lacks something, or cannot be read, is a fault."""
    body: dict[str, Any] = {"act": act.act}
    faults: dict[str, str] = {}
    for one in act.needed:
        name = field_name(duty, act, one.name, within)
        text = form.text(name)
        if fault := _fault_of(one, text):
            faults[name] = fault
        elif text is not None:
            body[one.name] = text == "yes" if one.kind == "yes_no" else text
    name = field_name(duty, act, MOMENT, within)
    try:
        moment = local_moment(form.text(name))
    except ValueError:
        faults[name] = "no_moment"
    else:
        body |= {} if moment is None else {"at": moment.isoformat()}
    return ReadAct(duty, act, body, faults, within)


def _fault_of(one: ActField, text: str | None) -> str | None:
    if text is None:
        return f"no_{one.kind}" if one.required else None
    if len(text) > MOST_TEXT:
        return "long_text"
    if one.kind == "yes_no" and text not in {"yes", "no"}:
        return "no_yes_no"
    if one.kind == "choice" and text not in (one.options or ()):
        return "no_choice"
    return None
