"""Forwarding a misaddressed letter to the right authority (forvaltningsloven § 7(2))."""

from typing import Any

from services.desk.api_clients import ApiClients
from services.desk.contact.service import newest_assessment
from services.desk.letters.forwarding.letters import Addressee
from services.desk.triage_models import Recommendation
from shared.vocabulary import ReasonCode


async def forward(services: ApiClients, contact_id: str, to: Addressee, why: str, once: str | None) -> None:
    """Decide, where triage waits for a decision, and close the contact as forwarded.

    Safe to repeat when only a part of it came through. Raises Refused.
    """
    newest = await newest_assessment(services, contact_id)
    if newest is not None and newest.status == "undecided":
        body = _decision(newest.recommendation, to, why)
        await services.send("triage", "POST", f"/v1/assessments/{newest.id}/decision", body, once=once)
    closing = {"outcome": "forwarded", "reason": why}
    await services.send("intake", "POST", f"/v1/contacts/{contact_id}/close", closing)


def _decision(recommendation: Recommendation, to: Addressee, why: str) -> dict[str, Any]:
    destination = recommendation.destination
    # The same authority is no override: counted as one, it would say that people distrust the rules.
    if destination.kind == "other_authority" and destination.administration == to.administration:
        return {"accept": True}
    override = {"kind": "other_authority", "unit": "reception", "administration": to.administration}
    return {"override": override, "reason": why, "reason_code": ReasonCode.NOT_OUR_TASK}
