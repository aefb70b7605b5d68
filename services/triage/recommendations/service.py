"""Recommendations and explanations by the rule set of the contact's moment, or by one that is named."""

import asyncio
from collections import OrderedDict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.offers.offer import Catalogue
from services.triage.catalogue.offers.service import CatalogueCache
from services.triage.problems import ContradictoryFacts, NoAnswer, UnknownRuleset, at_field
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.explanation import explainer_of
from services.triage.recommendations.schemas import ExplainedRecommendation, Recommendation
from services.triage.rules.case import MAJORITY
from services.triage.rules.ruleset import RuleSet, ruleset_for
from services.triage.rulesets import repository
from shared.city.current import city, geography_on
from shared.contracts import Facts
from shared.vocabulary import Channel
from shared.working_days import local_date

#: The most compiled rule sets in memory: those in force, and the drafts that people are trying.
MOST_COMPILED = 32


class Advisers:
    """Advises by the rule set of the contact's moment, or by one that is named; compiled ones are cached.

    Which rule set is in force is read from storage each time, so that every process changes to a new one at
    the same moment. Compiled rule sets are cached by version and revision: the content of a revision never
    changes. `rulesets` are those that are in files, used while storage has none.
    """

    def __init__(self, rulesets: tuple[RuleSet, ...], catalogue: CatalogueCache) -> None:
        self._rulesets = rulesets
        self._catalogue = catalogue
        self._compiled: OrderedDict[tuple[str, int], Adviser] = OrderedDict()

    async def adviser(self, session: AsyncSession, version: str) -> Adviser:
        """The adviser by this rule set as it is now, a draft too. Raises UnknownRuleset."""
        revision = await repository.find_revision(session, version)
        return await self._adviser(session, version, revision)

    async def adviser_at(self, session: AsyncSession, moment: datetime) -> Adviser:
        """The adviser by the rule set in force at that moment."""
        timetable = await repository.read_timetable(session)
        if not timetable.begins:
            return await self._adviser(session, ruleset_for(self._rulesets, local_date(moment)).version, None)
        in_force = timetable.at(moment)
        return await self._adviser(session, in_force.version, in_force.revision)

    async def _adviser(self, session: AsyncSession, version: str, revision: int | None) -> Adviser:
        key = (version, revision or 0)
        if key not in self._compiled:
            self._compiled[key] = await self._compile(session, version)
        self._compiled.move_to_end(key)
        while len(self._compiled) > MOST_COMPILED:
            self._compiled.popitem(last=False)
        return self._compiled[key]

    async def _compile(self, session: AsyncSession, version: str) -> Adviser:
        row = await repository.find_ruleset(session, version)
        if row is not None:
            return _adviser_by(RuleSet.model_validate(row.content))
        # Not in storage yet, which is so until the first start after a migration has stored the files.
        for ruleset in self._rulesets:
            if ruleset.version == version:
                return _adviser_by(ruleset)
        raise UnknownRuleset

    async def advise(
        self,
        session: AsyncSession,
        facts: Facts,
        channel: Channel,
        received_at: datetime,
        *,
        version: str | None = None,
        trace: bool = False,
    ) -> Recommendation:
        """The recommendation for these facts.

        Raises UnknownRuleset for a version that is not there, and NoAnswer where a draft has none.
        """
        catalogue = await self._catalogue.read(session)
        adviser = await self._adviser_for(session, received_at, version)
        return recommended(adviser, facts, Moment(channel, received_at), catalogue, trace=trace)

    async def explain(
        self,
        session: AsyncSession,
        facts: Facts,
        channel: Channel,
        received_at: datetime,
        *,
        version: str | None = None,
        trace: bool = False,
    ) -> ExplainedRecommendation:
        """The same with its explanation. Raises UnknownRuleset and NoAnswer, as `advise` does."""
        catalogue = await self._catalogue.read(session)
        adviser = await self._adviser_for(session, received_at, version)
        moment = Moment(channel, received_at)

        def explain() -> ExplainedRecommendation:
            recommendation = recommended(adviser, facts, moment, catalogue, trace=trace)
            offers = catalogue.on(local_date(received_at))
            case = adviser.case(facts, moment, offers)
            explainer = explainer_of(adviser, offers, adviser.geography_on(local_date(received_at)))
            explanation = explainer.explain(facts, case, recommendation)
            return ExplainedRecommendation(**dict(recommendation), explanation=explanation)

        # It takes tenths of a second: in a thread, so that other requests are answered meanwhile.
        return await asyncio.to_thread(explain)

    async def _adviser_for(self, session: AsyncSession, moment: datetime, version: str | None) -> Adviser:
        if version is None:
            return await self.adviser_at(session, moment)
        return await self.adviser(session, version)


def _adviser_by(ruleset: RuleSet) -> Adviser:
    return Adviser(ruleset, geography_on, city().needs)


def recommended(
    adviser: Adviser, facts: Facts, moment: Moment, catalogue: Catalogue, *, trace: bool = False
) -> Recommendation:
    """The recommendation, also by a draft that is not proved: raises NoAnswer where it has none."""
    try:
        return adviser.recommend(facts, moment, catalogue, trace=trace)
    except (AssertionError, RecursionError) as error:
        raise NoAnswer(ruleset=adviser.ruleset.version) from error


def refuse_contradictions(facts: Facts) -> None:
    """Raise ContradictoryFacts for facts that cannot all be true, beyond what `Facts` itself refuses.

    Only a request by a person, who can correct it at once, is refused; facts that come by event are taken as
    they are, since every combination of facts has its one destination.
    """
    for position, child in enumerate(facts.children_elsewhere):
        if child.age is not None and child.age >= MAJORITY:
            message = "the child at risk is under 18; an adult is the citizen of a contact of their own"
            field = f"/facts/children/{position}/age" if facts.children else "/facts/child_age"
            raise ContradictoryFacts(errors=at_field(field, message))
