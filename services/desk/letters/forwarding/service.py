"""Forwarding a misaddressed letter to the right authority (forvaltningsloven § 7(2))."""

from typing import Any

from services.desk.api_clients import ApiClients
from services.desk.contact.decision import Choice
from services.desk.contact.service import decide, recommend
from services.desk.intake_models import Contact
from services.desk.letters.forwarding.letters import Addressee
from services.desk.triage_models import Recommendation
from shared.vocabulary import ReasonCode


async def forward(services: ApiClients, contact_id: str, to: Addressee, why: str, once: str | None) -> None:
    """Decide, where the contact's facts wait for a decision, and close the contact as forwarded.

    Safe to repeat when only a part of it came through. Raises Refused.
    """
    contact = await services.get("intake", f"/v1/contacts/{contact_id}", Contact)
    if contact.status == "registered" and contact.facts is not None:
        recommendation = await recommend(services, contact, contact.facts.model_dump(mode="json"))
        await decide(services, contact, Choice(_decision(recommendation, to, why), once))
    closing = {"outcome": "forwarded", "reason": why}
    await services.send("intake", "POST", f"/v1/contacts/{contact_id}/close", closing)


def _decision(recommendation: Recommendation | None, to: Addressee, why: str) -> dict[str, Any]:
    destination = recommendation and recommendation.destination
    # The same authority is no override: counted as one, it would say that people distrust the rules.
    if (
        destination
        and destination.kind == "other_authority"
        and destination.administration == to.administration
    ):
        return {"accept": True, "seen": {"destination": destination.model_dump(mode="json")}}
    override = {"kind": "other_authority", "unit": "reception", "administration": to.administration}
    return {"override": override, "reason": why, "reason_code": ReasonCode.NOT_OUR_TASK}
