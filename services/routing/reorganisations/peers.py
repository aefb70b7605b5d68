"""What a reorganisation asks triage: which contacts fit by their facts, and which rules name a unit."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
from starlette.datastructures import State

from services.routing.reorganisations.schemas import MoveRule, RuleNamingUnit
from shared.problems import Unavailable

#: Contacts in one request.
MOST_CONTACTS = 500
_TIMEOUT_SECONDS = 20.0


class TriageUnreachable(Unavailable):
    kind = "triage-unreachable"
    title = "Triage cannot be reached, and it knows which contacts fit"


async def fitting_rules(
    state: State, rules: Sequence[MoveRule], contacts: Sequence[UUID]
) -> Mapping[UUID, Collection[int]]:
    """For each contact, the places of the rules whose facts fit it. Raises TriageUnreachable."""
    asking = {place: rule for place, rule in enumerate(rules) if rule.asks_triage}
    found: dict[UUID, list[int]] = {contact: [] for contact in contacts}
    if not asking:
        return found
    places = list(asking)
    groups = [
        rule.model_dump(mode="json", by_alias=True, include={"districts", "ages", "needs"})
        for rule in asking.values()
    ]
    for begin in range(0, len(contacts), MOST_CONTACTS):
        batch = [str(contact) for contact in contacts[begin : begin + MOST_CONTACTS]]
        answer = await _ask(state, "POST", "/v1/contacts/matching", {"contact_ids": batch, "groups": groups})
        for item in answer["items"]:
            found[UUID(item["contact_id"])] = [places[group] for group in item["groups"]]
    return found


async def rules_naming(state: State, unit: str) -> list[RuleNamingUnit]:
    """The rows of rule sets in force, scheduled or drafted that send contacts to the unit.

    Raises TriageUnreachable.
    """
    answer = await _ask(state, "GET", f"/v1/units/{unit}/rules")
    return [RuleNamingUnit.model_validate(item) for item in answer["items"]]


async def _ask(state: State, method: str, path: str, body: object = None) -> Any:
    client: httpx.AsyncClient = state.clients["triage"]
    headers = {"Authorization": f"Bearer {state.tokens.for_service('routing')}"}
    try:
        answer = await client.request(method, path, json=body, headers=headers, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise TriageUnreachable(headers={"Retry-After": "30"}) from error
    return answer.json()
