"""A misaddressed letter goes on to the right authority, and its writer is told (forvaltningsloven § 7(2))."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.desk.api_clients import Services
from services.desk.visitor import Form
from services.desk.wording import day_text
from shared.vocabulary import Administration, ReasonCode

#: Places that are no administration of the city; which one, a person writes.
ELSEWHERE = ("municipality", "region", "other")
#: All places, as the page lists them. Our own administration is no place to forward to.
PLACES = (*(one.value for one in Administration if one is not Administration.SOF), *ELSEWHERE)
MOST_NAME, MOST_LETTER = 120, 6000
LETTERS = ("to_citizen", "to_authority")


@dataclass(frozen=True)
class Forwarding:
    """Where a letter goes: one of `PLACES`, and the authority's name as it stands in the letters."""

    place: str
    name: str

    @property
    def administration(self) -> str | None:
        """The city's administration; None for authorities outside the city."""
        return None if self.place in ELSEWHERE else self.place


def read_forwarding(form: Form, names: Mapping[str, str]) -> tuple[Forwarding | None, dict[str, str]]:
    """Where to, and the faults by field. `names` has the administrations' names."""
    place, name = form.text("place"), form.text("name")
    if place not in PLACES:
        return None, {"place": "no_place"}
    if place not in ELSEWHERE:
        return Forwarding(place, names[place]), {}
    if name is None:
        return None, {"name": "no_name"}
    return (Forwarding(place, name), {}) if len(name) <= MOST_NAME else (None, {"name": "long_name"})


def write_letters(
    texts: Mapping[str, str], to: Forwarding, contact: Mapping[str, Any], now: datetime
) -> dict[str, str]:
    """Both letters, ready to be put right by whoever sends them."""
    told = {
        "authority": to.name,
        "reference": contact["reference"],
        "received": day_text(contact["received_at"]),
        "today": day_text(now),
        "name": contact["contact_person"].get("name") or contact["citizen"].get("name") or "",
    }
    # A name may hold braces; only what the texts themselves name is filled in, and only once.
    return {letter: texts[letter].format_map(told) for letter in LETTERS}


async def forward(services: Services, contact_id: str, to: Forwarding, why: str, once: str | None) -> None:
    """Decide, where triage waits for a decision, and close the contact as forwarded.

    Safe to do again when only a part of it came through. Raises Refused.
    """
    found = await services.get("triage", "/v1/assessments", contact_id=contact_id, limit=1)
    newest = next(iter(found["items"]), None)
    if newest is not None and newest["status"] == "undecided":
        path = f"/v1/assessments/{newest['id']}/decision"
        await services.post("triage", path, _decision(newest["recommendation"], to, why), once=once)
    closing = {"outcome": "forwarded", "reason": why}
    await services.post("intake", f"/v1/contacts/{contact_id}/close", closing)


def _decision(recommendation: Mapping[str, Any], to: Forwarding, why: str) -> dict[str, Any]:
    destination = recommendation["destination"]
    same = destination["kind"] == "other_authority" and destination["administration"] == to.administration
    if same:
        return {"accept": True}
    override = {"kind": "other_authority", "unit": "reception", "administration": to.administration}
    return {"override": override, "reason": why, "reason_code": ReasonCode.NOT_OUR_TASK}
