"""Which offers fit somebody, with what speaks for each and against those that were close."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.triage.catalogue.endpoints import EVERYBODY
from services.triage.catalogue.offers.matching import Close, Fitting, Seeker, match
from services.triage.catalogue.offers.service import CatalogueCache
from services.triage.needs.vocabulary import Step, load_needs
from services.triage.rules.geography import load_geography
from services.triage.wire_types import ReceivedAt
from shared.contracts import Facts
from shared.unit_of_work import Reading
from shared.vocabulary import Need

matching_router = APIRouter(prefix="/v1/offers", tags=["services"])

#: Of those that were close so many are told.
_MOST_CLOSE = 50


class MatchIn(BaseModel):
    """Whom an offer is sought for. Nothing of it is stored."""

    model_config = ConfigDict(extra="forbid")

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


class MatchOut(BaseModel):
    """Those that fit, best first: the lowest step, then the most needs met; and those that were close."""

    fitting: list[FittingOut]
    close: list[CloseOut]


def _fitting(found: Fitting) -> FittingOut:
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


def _close(found: Close) -> CloseOut:
    why_not = [MisfitOut.model_validate({"fact": each.fact, "text": each.text}) for each in found.why_not]
    return CloseOut(id=found.offer.id, name=found.offer.name, step=found.offer.step, why_not=why_not)


@matching_router.post("/match", summary="Which offers fit, and why?", dependencies=EVERYBODY)
async def match_offers(body: MatchIn, work: Reading) -> MatchOut:
    """Need, age, bydel, language and validity decide whether an offer fits; room and opening hours its place.

    What is not known of a citizen or an offer turns nobody away. This settles no destination.
    """
    catalogue: CatalogueCache = work.state.catalogue
    facts = body.facts
    possible = (
        frozenset({facts.district})
        if facts.district is not None
        else frozenset(load_geography().locality(facts.postal_code).districts)
        if facts.postal_code is not None
        else None
    )
    seeker = Seeker(facts.needs, facts.age, possible, body.language, body.at or work.clock.now())
    offers = (await catalogue.read(work.session)).offers
    fitting, close = match(offers, seeker, load_needs())
    return MatchOut(
        fitting=[_fitting(each) for each in fitting], close=[_close(each) for each in close[:_MOST_CLOSE]]
    )
