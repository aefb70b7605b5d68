"""Contacts that a person has sent on to a unit, for the inbox's tests."""

from services.hosting.all_in_one import AllInOne
from shared.vocabulary import Role

HOMELESS = {"needs": ["homelessness"], "in_municipality": True}


async def somebody_for_housing(system: AllInOne, *, channel: str = "walk_in", summary: str = "") -> str:
    """A contact that a person sent to the housing area; gives its reference."""
    async with system.client("intake") as intake, system.client("triage") as triage:
        token = system.apps["intake"].state.tokens.for_development([Role.RECEPTION], [], "eva", 3600)
        intake.headers["Authorization"] = triage.headers["Authorization"] = f"Bearer {token}"
        body = {"channel": channel, "citizen": {"age": 34}, "facts": HOMELESS, "summary": summary}
        contact = (await intake.post("/v1/contacts", json=body)).json()
        await system.settle()
        found = await triage.get("/v1/assessments", params={"contact_id": contact["id"]})
        assessment = found.json()["items"][0]["id"]
        await triage.post(f"/v1/assessments/{assessment}/decision", json={"accept": True})
        await system.settle()
        reference: str = contact["reference"]
        return reference


async def entry_of(system: AllInOne, reference: str, queue: str = "housing-social") -> str:
    """The id of an open entry by its reference."""
    async with system.client("routing") as routing:
        token = system.apps["routing"].state.tokens.for_service("tests")
        routing.headers["Authorization"] = f"Bearer {token}"
        found = await routing.get(
            f"/v1/queues/{queue}/entries", params={"status": "open", "reference": reference}
        )
        (entry,) = found.json()["items"]
        entry_id: str = entry["id"]
        return entry_id
