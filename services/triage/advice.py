"""What triage thinks with while it runs: the compiled rule sets and the catalogue as it stands."""

import time
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue import Catalogue
from services.triage.geography import load_geography
from services.triage.hsds import store
from services.triage.hsds.terms import CityTerms
from services.triage.hsds.texts import load_texts
from services.triage.needs import load_needs
from services.triage.problems import ContradictoryFacts, UnknownRuleset, at_field
from services.triage.proving import demand_proof
from services.triage.recommendation import Recommendation
from services.triage.recommending import Adviser, Moment
from services.triage.ruleset import load_rulesets, ruleset_for
from shared.contracts import Facts
from shared.vocabulary import Channel
from shared.working_days import local_date

#: For so many seconds a replica may not know of a change that another one made to the catalogue.
CATALOGUE_SECONDS = 30.0

#: From this age a person is no longer a child (værgemålsloven § 1).
MAJORITY = 18


class Advisers:
    """Advises by the rule set of the contact's day, or by one that is named."""

    def __init__(self) -> None:
        self.vocabulary = load_needs()
        self.city_terms = CityTerms(self.vocabulary, load_texts())
        self.rulesets = load_rulesets()
        self.geography = load_geography()
        for ruleset in self.rulesets:
            demand_proof(ruleset, self.geography)
        self._advisers = {
            ruleset.version: Adviser(ruleset, self.geography, self.vocabulary) for ruleset in self.rulesets
        }
        self._catalogue = Catalogue(())
        self._read_at: float | None = None

    def adviser(self, version: str) -> Adviser:
        """The adviser by this rule set. Raises UnknownRuleset."""
        found = self._advisers.get(version)
        if found is None:
            raise UnknownRuleset
        return found

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
        """The recommendation for these facts. Raises UnknownRuleset for a version that is not there."""
        if version is None:
            version = ruleset_for(self.rulesets, local_date(received_at)).version
        catalogue = await self.catalogue(session)
        return self.adviser(version).recommend(facts, Moment(channel, received_at), catalogue, trace=trace)


def refuse_contradictions(facts: Facts) -> None:
    """Raise ContradictoryFacts for facts that cannot all be true, beyond what `Facts` itself refuses.

    Only what a person can mend at once is refused here; facts that come by event are taken as they are,
    since every combination of facts has its one destination.
    """
    if facts.child_age is not None and facts.child_age >= MAJORITY:
        message = "the child at risk is under 18; an adult is the citizen of a contact of their own"
        raise ContradictoryFacts(errors=at_field("/facts/child_age", message))
