"""Triage's needs, recommendations and assessments, as the desk reads them."""

from typing import Literal

from pydantic import AwareDatetime

from services.desk.api_models import ApiModel
from services.desk.intake_models import Facts
from shared.vocabulary import DestinationKind, Urgency


class Need(ApiModel):
    """A need code with its Danish label."""

    code: str
    label: str


class Destination(ApiModel):
    """Where a contact is sent."""

    kind: DestinationKind
    unit: str
    administration: str | None = None


class Reason(ApiModel):
    """Why a recommendation is what it is, in Danish."""

    text: str


class Question(ApiModel):
    """What triage would like to know."""

    fact: str
    text: str


class DueClock(ApiModel):
    """A deadline that a recommendation starts."""

    rule: str
    due_at: AwareDatetime
    legal_basis: str


class OfferSuggestion(ApiModel):
    """An offer that fits the facts."""

    id: str
    name: str
    why: str


class OwedDuty(ApiModel):
    """What the citizen is owed by these facts; `holds` is `may` while a missing fact decides it."""

    code: str
    holds: str = "true"
    text: str
    clocks: tuple[DueClock, ...] = ()


class OtherAdministration(ApiModel):
    """Needs beside the others that belong to another administration: `how` is `forwarded` or `guided`."""

    administration: str
    needs: tuple[str, ...] = ()
    how: str


class Advice(ApiModel):
    """A place, how soon, why, and what is owed."""

    destination: Destination
    urgency: Urgency
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    clocks: tuple[DueClock, ...] = ()
    #: Empty for rule sets that have clocks only.
    duties: tuple[OwedDuty, ...] = ()

    @property
    def clocks_alone(self) -> tuple[DueClock, ...]:
        """The deadlines that belong to none of the duties."""
        of_duties = {clock.rule for duty in self.duties for clock in duty.clocks}
        return tuple(clock for clock in self.clocks if clock.rule not in of_duties)


class Companion(ApiModel):
    """A contact about a child that goes with the contact, with advice of its own."""

    recommendation: Advice
    #: Which of the children in the facts it is, from 0.
    child: int | None = None


class Recommendation(Advice):
    """Where triage would send a contact, with all that goes with it."""

    ruleset: str
    also: tuple[OtherAdministration, ...] = ()
    offers: tuple[OfferSuggestion, ...] = ()
    companions: tuple[Companion, ...] = ()


class Change(ApiModel):
    """A change of the facts that would lead elsewhere, in Danish."""

    text: str


class WhyNot(ApiModel):
    """Why another place was not recommended, and what would have to be different."""

    text: str
    change: Change


class Explanation(ApiModel):
    """Why here, why not elsewhere, and the smallest change of facts that leads elsewhere."""

    why: list[str]
    why_not: list[WhyNot]
    smallest_change: Change | None


class TraceRow(ApiModel):
    """A row of the rules, and whether its condition is true of the facts."""

    rule: str
    title: str
    holds: Literal["true", "false", "unknown"]


class ExplainedRecommendation(Recommendation):
    """A recommendation with its explanation."""

    trace: list[TraceRow] | None = None
    explanation: Explanation


class Decision(ApiModel):
    """What a person decided, and whether against the recommendation."""

    overridden: bool
    destination: Destination
    reason: str | None = None
    decided_at: AwareDatetime
    role: str
    companion: str | None = None


class Return(ApiModel):
    """A unit sent the contact back."""

    unit: str
    reason: str
    returned_at: AwareDatetime


class Assessment(ApiModel):
    """Triage's recommendation for a contact's facts, with what became of it."""

    id: str
    made_at: AwareDatetime
    status: Literal["undecided", "decided", "superseded", "closed"]
    facts: Facts
    recommendation: Recommendation
    decision: Decision | None = None
    returned: Return | None = None
