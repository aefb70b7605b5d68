"""A made-up citizen to try the rules on. Nothing of it is stored."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from services.desk.contact.form import fields_of_facts, read_form
from services.desk.form import Fault, FieldReader, Fields
from services.desk.intake_models import Facts
from shared.clock import COPENHAGEN

#: Most citizens phone: a form without a channel is read as a call.
CHANNELS = ("phone", "written", "walk_in")
_NOT_FACTS = ("channel", "received_at", "facts")


def recommendation_body(fields: Fields, now: datetime) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The body of POST /v1/recommendations, and the form's faults."""
    reader = FieldReader(fields)
    channel, received_at = reader.text("channel"), now
    if day := reader.text("received_on"):
        try:
            # Noon: the rules know days, and no shift of summer time moves noon into another day.
            received_at = datetime.combine(date.fromisoformat(day), time(12), COPENHAGEN)
        except ValueError:
            reader.fault("received_on", "no_day")
    form = read_form(fields, received_at)
    body = {
        "facts": form.facts_for_triage,
        "channel": channel if channel in CHANNELS else CHANNELS[0],
        "received_at": received_at.isoformat(),
    }
    return body, (*form.faults, *reader.faults)


def fields_for(citizen: Mapping[str, Any]) -> dict[str, list[str]]:
    """The form for the citizen of a proof's finding, which is a body of POST /v1/recommendations."""
    given = citizen.get("facts") or {name: value for name, value in citizen.items() if name not in _NOT_FACTS}
    facts = Facts.model_validate(given)
    fields = fields_of_facts(facts)
    if facts.age is not None:
        fields["age"] = [str(facts.age)]
    if facts.anonymous:
        fields["anonymous"] = ["on"]
    fields["channel"] = [str(citizen.get("channel", CHANNELS[0]))]
    if received_at := citizen.get("received_at"):
        fields["received_on"] = [str(datetime.fromisoformat(received_at).astimezone(COPENHAGEN).date())]
    return fields
