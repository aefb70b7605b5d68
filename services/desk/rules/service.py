"""Reading the rule sets."""

from services.desk.api_clients import ApiClients
from services.desk.api_models import Listing
from services.desk.rules.progress import Progress, progress_of
from services.desk.rules.schemas import Change, Ruleset
from services.desk.triage_models import Need
from shared.problems import NotFound


async def read_rulesets(services: ApiClients) -> list[Ruleset]:
    """All versions, the oldest first."""
    return (await services.get("triage", "/v1/rulesets", Listing[Ruleset])).items


async def read_progress(services: ApiClients, version: str) -> Progress:
    """One version with how far it is. Raises NotFound."""
    found = progress_of(await read_rulesets(services), version)
    if found is None:
        raise NotFound
    return found


async def read_trail(services: ApiClients, version: str) -> list[Change]:
    """Everything that was done to it, the oldest first."""
    return (await services.get("triage", f"/v1/rulesets/{version}/history", Listing[Change])).items


async def read_needs(services: ApiClients) -> list[Need]:
    """All needs with their labels."""
    return (await services.get("triage", "/v1/needs", Listing[Need])).items
