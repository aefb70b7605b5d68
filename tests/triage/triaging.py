"""What the tests of triage share: rule set 1, the named offers, and one ordinary Thursday."""

from datetime import UTC, datetime

from services.triage.catalogue.offers.offer import Catalogue, load_offers
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.schemas import Recommendation
from services.triage.rules.ruleset import load_rulesets
from shared.city.current import city, geography_on
from shared.contracts import Facts
from shared.vocabulary import Channel

ADVISER = Adviser(load_rulesets()[0], geography_on, city().needs)
CATALOGUE = Catalogue(load_offers())

#: Thursday 15 January 2026, 10:00 in Copenhagen.
THURSDAY = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def triage(
    *needs: str,
    received_at: datetime = THURSDAY,
    channel: Channel = Channel.PHONE,
    catalogue: Catalogue = CATALOGUE,
    trace: bool = False,
    **facts: object,
) -> Recommendation:
    """The recommendation for a contact with these needs and facts."""
    given = Facts.model_validate({"needs": list(needs), **facts})
    return ADVISER.recommend(given, Moment(channel, received_at), catalogue, trace=trace)


def place(recommendation: Recommendation) -> str:
    """Kind and unit in one word, `unit:adults`, with the administration where there is one."""
    destination = recommendation.destination
    administration = f":{destination.administration}" if destination.administration else ""
    return f"{destination.kind}:{destination.unit}{administration}"


def questions(recommendation: Recommendation) -> list[str]:
    """The facts that are asked for, in order."""
    return [question.fact for question in recommendation.questions]


def clocks(recommendation: Recommendation) -> list[str]:
    """The names of the clocks that run."""
    return [clock.rule for clock in recommendation.clocks]


def offers(recommendation: Recommendation) -> list[str]:
    """The names of the offers, best first."""
    return [offer.name for offer in recommendation.offers]


def fired(recommendation: Recommendation) -> list[str]:
    """The numbers of the rows that fired, in order."""
    return list(dict.fromkeys(reason.rule for reason in recommendation.reasons))
