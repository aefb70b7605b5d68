"""Which offers fit a citizen, with the reasons; and which were close, with what speaks against them."""

from fastapi import APIRouter

from services.triage.access import ANY_ROLE
from services.triage.catalogue.offers import service
from services.triage.catalogue.offers.schemas import MatchIn, OfferMatchOut, close_out, fitting_out
from shared.unit_of_work import Reading

matching_router = APIRouter(prefix="/v1/offers", tags=["services"])

#: The most offers that were close in an answer.
_MOST_CLOSE = 50


@matching_router.post("/match", summary="Which offers fit, and why?", dependencies=ANY_ROLE)
async def match_offers(body: MatchIn, work: Reading) -> OfferMatchOut:
    """Need, age, bydel, language and validity decide whether an offer fits; room and opening hours its place.

    What is not known of a citizen or an offer turns nobody away. This settles no destination.
    """
    fitting, close = await service.match_offers(work, body.facts, body.language, body.at)
    return OfferMatchOut(
        fitting=[fitting_out(each) for each in fitting],
        close=[close_out(each) for each in close[:_MOST_CLOSE]],
    )
