"""What the tests of triage share: the rule sets, the named offers, and one ordinary Thursday."""

from datetime import UTC, datetime

from services.triage.catalogue.offers.offer import Catalogue, load_offers
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.schemas import Recommendation
from services.triage.rules.ruleset import RuleSet, load_rulesets, ruleset_for
from shared.city.current import city, geography_on
from shared.contracts import Facts
from shared.vocabulary import Channel
from shared.working_days import local_date

RULESETS = load_rulesets()


def adviser_by(ruleset: RuleSet) -> Adviser:
    return Adviser(ruleset, geography_on, city().needs)


ADVISERS = {ruleset.version: adviser_by(ruleset) for ruleset in RULESETS}
#: By rule set 2, which holds from 1 January 2026.
ADVISER = ADVISERS["2"]
CATALOGUE = Catalogue(load_offers())

#: Thursday 15 January 2026, 10:00 in Copenhagen.
THURSDAY = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
#: A Thursday of the year before, when rule set 1 held.
THURSDAY_2025 = datetime(2025, 1, 16, 9, 0, tzinfo=UTC)


def triage(
    *needs: str,
    received_at: datetime = THURSDAY,
    channel: Channel = Channel.PHONE,
    catalogue: Catalogue = CATALOGUE,
    trace: bool = False,
    **facts: object,
) -> Recommendation:
    """The recommendation for a contact with these needs and facts, by the rule set of its moment."""
    given = Facts.model_validate({"needs": list(needs), **facts})
    adviser = ADVISERS[ruleset_for(RULESETS, local_date(received_at)).version]
    return adviser.recommend(given, Moment(channel, received_at), catalogue, trace=trace)


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
    rules = [reason.rule for reason in recommendation.reasons if not reason.rule.startswith("C:")]
    return list(dict.fromkeys(rules))


def owed(recommendation: Recommendation) -> list[str]:
    """The codes of the duties that hold, in order."""
    return [duty.code for duty in recommendation.duties if duty.holds == "true"]


def perhaps_owed(recommendation: Recommendation) -> list[str]:
    """The codes of the duties that may hold."""
    return [duty.code for duty in recommendation.duties if duty.holds == "may"]
