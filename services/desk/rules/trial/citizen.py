"""A made-up citizen to try the rules on: the form, and what it asks of triage. Nothing of it is stored."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from services.desk.contact.contact_form import Fault, Fields, fields_of, read_form
from shared.clock import COPENHAGEN

#: Most come by phone; a try that does not say asks as if it had rung.
CHANNELS = ("phone", "written", "walk_in")
_ABOUT = ("channel", "received_at", "facts")


def asked_of(fields: Fields, now: datetime) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """What triage is asked, and what of the form cannot be read."""
    channel = _first(fields, "channel")
    faults: list[Fault] = []
    received_at = now
    if day := _first(fields, "received_on"):
        try:
            # Noon: the rules know days, and no shift of summer time moves noon into another day.
            received_at = datetime.combine(date.fromisoformat(day), time(12), COPENHAGEN)
        except ValueError:
            faults.append(Fault("received_on", "no_day"))
    told = read_form(fields, received_at)
    body = {
        "facts": told.facts_for_triage,
        "channel": channel if channel in CHANNELS else CHANNELS[0],
        "received_at": received_at.isoformat(),
    }
    return body, (*told.faults, *faults)


def _first(fields: Fields, name: str) -> str:
    return next((text.strip() for text in fields.get(name, ()) if text.strip()), "")


def fields_for(citizen: Mapping[str, Any]) -> dict[str, list[str]]:
    """The form that asks about this citizen: a body of POST /v1/recommendations, as proofs find them."""
    facts = citizen.get("facts") or {name: value for name, value in citizen.items() if name not in _ABOUT}
    about = {"age": facts.get("age"), "anonymous": facts.get("anonymous", False)}
    fields = fields_of({"citizen": about, "contact_person": {}, "facts": facts})
    fields["channel"] = [str(citizen.get("channel", CHANNELS[0]))]
    if received_at := citizen.get("received_at"):
        fields["received_on"] = [
            datetime.fromisoformat(received_at).astimezone(COPENHAGEN).date().isoformat()
        ]
    return fields
