"""The offers that fit a citizen, over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.triage.catalogue.offers.matching import FittingOffer, NearMiss
from services.triage.wire_types import ReceivedAt, RequestBody
from shared.city.needs import Step
from shared.contracts import Facts
from shared.vocabulary import Need


class MatchIn(RequestBody):
    """Whom an offer is sought for. Nothing of it is stored."""

    facts: Facts = Field(examples=[{"needs": ["loneliness"], "age": 34, "district": 3}])
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = Field(
        None, description="The language the citizen needs, ISO 639", examples=["ar"]
    )
    at: ReceivedAt | None = Field(None, description="When they would come; default now")


class FittingOut(BaseModel):
    """An offer that fits. `open_now` and `has_room` are null where nothing is known."""

    id: UUID
    name: str = Field(examples=["Café for alle"])
    organization: str
    kind: Literal["low_threshold", "self_referral"]
    step: Step
    needs_met: list[Need]
    why: str = Field(examples=["Det dækker: ensomhed, netværk. Det er for alle aldre."])
    open_now: bool | None
    has_room: bool | None


class MisfitOut(BaseModel):
    fact: Literal["age", "district", "language", "validity", "open"]
    text: str = Field(examples=["Tilbuddet er for borgere til og med 17 år, og borgeren er 34 år."])


class CloseOut(BaseModel):
    """An offer that meets a need, and all that speaks against it."""

    id: UUID
    name: str = Field(examples=["ROBUS"])
    step: Step
    why_not: list[MisfitOut]


class OfferMatchOut(BaseModel):
    """Those that fit, best first: the lowest step, then the most needs met; and those that were close."""

    fitting: list[FittingOut]
    close: list[CloseOut]


def fitting_out(found: FittingOffer) -> FittingOut:
    offer = found.offer
    known = offer.capacity is not None and offer.capacity.available is not None
    return FittingOut(
        id=offer.id,
        name=offer.name,
        organization=offer.organization,
        kind=offer.kind,
        step=offer.step,
        needs_met=list(found.met),
        why=found.why,
        open_now=found.open_now,
        has_room=offer.has_room() if known else None,
    )


def close_out(found: NearMiss) -> CloseOut:
    why_not = [MisfitOut.model_validate({"fact": each.fact, "text": each.text}) for each in found.why_not]
    return CloseOut(id=found.offer.id, name=found.offer.name, step=found.offer.step, why_not=why_not)
