"""What triage thinks with while it runs: the compiled rule sets and the catalogue as it stands."""

import asyncio
import time
from collections import OrderedDict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.hsds import store
from services.triage.hsds.terms import CityTerms
from services.triage.hsds.texts import load_texts
from services.triage.needs.vocabulary import load_needs
from services.triage.offers.catalogue import Catalogue
from services.triage.problems import ContradictoryFacts, NoAnswer, UnknownRuleset, at_field
from services.triage.proof.proving import demand_proof
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.explanation import explainer_of
from services.triage.recommendations.schemas import ExplainedRecommendation, Recommendation
from services.triage.rules.geography import load_geography
from services.triage.rules.ruleset import RuleSet, load_rulesets, ruleset_for
from services.triage.rulesets import repository
from shared.contracts import Facts
from shared.vocabulary import Channel
from shared.working_days import local_date

#: For so many seconds a replica may not know of a change that another one made to the catalogue.
CATALOGUE_SECONDS = 30.0

#: From this age a person is no longer a child (værgemålsloven § 1).
MAJORITY = 18


#: So many compiled rule sets are kept: those in force, and the drafts that people are trying.
KEPT_ADVISERS = 32


class Advisers:
    """Advises by the rule set of the contact's moment, or by one that is named.

    Storage says which one is in force, and is asked each time: every replica changes over at the same
    moment. Only what was compiled is kept, by version and revision, for a revision never changes.
    """

    def __init__(self) -> None:
        self.vocabulary = load_needs()
        self.city_terms = CityTerms(self.vocabulary, load_texts())
        self.rulesets = load_rulesets()
        self.geography = load_geography()
        for ruleset in self.rulesets:
            demand_proof(ruleset, self.geography)
        self._kept: OrderedDict[tuple[str, int], Adviser] = OrderedDict()
        self._catalogue = Catalogue(())
        self._read_at: float | None = None

    async def adviser(self, session: AsyncSession, version: str) -> Adviser:
        """The adviser by this rule set as it is now, a draft too. Raises UnknownRuleset."""
        revision = await repository.find_revision(session, version)
        return await self._adviser(session, version, revision)

    async def adviser_at(self, session: AsyncSession, moment: datetime) -> Adviser:
        """The adviser by the rule set in force at that moment."""
        timetable = await repository.read_timetable(session)
        if not timetable.begins:
            return await self._adviser(session, ruleset_for(self.rulesets, local_date(moment)).version, None)
        in_force = timetable.at(moment)
        return await self._adviser(session, in_force.version, in_force.revision)

    async def _adviser(self, session: AsyncSession, version: str, revision: int | None) -> Adviser:
        key = (version, revision or 0)
        if key not in self._kept:
            self._kept[key] = await self._compile(session, version)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_ADVISERS:
            self._kept.popitem(last=False)
        return self._kept[key]

    async def _compile(self, session: AsyncSession, version: str) -> Adviser:
        row = await repository.find_ruleset(session, version)
        if row is not None:
            return self.compile(RuleSet.model_validate(row.content))
        # Before storage has been filled, what the program brings along holds.
        for ruleset in self.rulesets:
            if ruleset.version == version:
                return self.compile(ruleset)
        raise UnknownRuleset

    def compile(self, ruleset: RuleSet) -> Adviser:
        """The adviser by a rule set that stands nowhere yet."""
        return Adviser(ruleset, self.geography, self.vocabulary)

    async def catalogue(self, session: AsyncSession) -> Catalogue:
        """The offers, read from storage again when they may have changed."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > CATALOGUE_SECONDS:
            self._catalogue = Catalogue(await store.read_offers(session))
            self._read_at = now
        return self._catalogue

    def forget_catalogue(self) -> None:
        """It has been changed here: read it again when it is asked for."""
        self._read_at = None

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
        catalogue = await self.catalogue(session)
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
        catalogue = await self.catalogue(session)
        adviser = await self._adviser_for(session, received_at, version)
        moment = Moment(channel, received_at)

        def explain() -> ExplainedRecommendation:
            recommendation = recommended(adviser, facts, moment, catalogue, trace=trace)
            offers = catalogue.on(local_date(received_at))
            case = adviser.case(facts, moment, offers)
            explanation = explainer_of(adviser, offers).explain(facts, case, recommendation)
            return ExplainedRecommendation(**dict(recommendation), explanation=explanation)

        # Tenths of a second of thinking, during which the others are served.
        return await asyncio.to_thread(explain)

    async def _adviser_for(self, session: AsyncSession, moment: datetime, version: str | None) -> Adviser:
        if version is None:
            return await self.adviser_at(session, moment)
        return await self.adviser(session, version)


def recommended(
    adviser: Adviser, facts: Facts, moment: Moment, catalogue: Catalogue, *, trace: bool = False
) -> Recommendation:
    """The recommendation, also by a draft that nobody has proved: raises NoAnswer where it has none."""
    try:
        return adviser.recommend(facts, moment, catalogue, trace=trace)
    except (AssertionError, RecursionError) as error:
        raise NoAnswer(ruleset=adviser.ruleset.version) from error


def refuse_contradictions(facts: Facts) -> None:
    """Raise ContradictoryFacts for facts that cannot all be true, beyond what `Facts` itself refuses.

    Only what a person can mend at once is refused here; facts that come by event are taken as they are,
    since every combination of facts has its one destination.
    """
    if facts.child_age is not None and facts.child_age >= MAJORITY:
        message = "the child at risk is under 18; an adult is the citizen of a contact of their own"
        raise ContradictoryFacts(errors=at_field("/facts/child_age", message))
