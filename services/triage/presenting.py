"""Stored assessments and offers as they are answered."""

from datetime import date

from services.triage.case import OLDEST
from services.triage.catalogue import Offer
from services.triage.models import Assessment
from services.triage.ruleset import RuleSet, ruleset_for
from services.triage.schemas import (
    AssessmentOut,
    EligibilityOut,
    OrganizationOut,
    RulesetItem,
    ServiceOut,
)
from shared.ids import show_reference


def present(assessment: Assessment) -> AssessmentOut:
    """The assessment without the person who decided: a trail has roles, the answer no names."""
    shown = assessment.model_dump(exclude={"kind", "ruleset", "decided_by"})
    return AssessmentOut.model_validate({**shown, "reference": show_reference(assessment.reference)})


def present_offer(offer: Offer, day: date) -> ServiceOut:
    """The offer as it stands on that day."""
    return ServiceOut(
        id=offer.id,
        name=offer.name,
        description=offer.description,
        status="active" if offer.is_open_on(day) else "inactive",
        organization=OrganizationOut(name=offer.organization),
        eligibility=EligibilityOut(
            minimum_age=offer.ages.first or None,
            maximum_age=None if offer.ages.last == OLDEST else offer.ages.last,
            needs=list(offer.needs),
        ),
        kind=offer.kind,
        step=offer.step,
        valid_from=offer.valid_from,
        valid_to=offer.valid_to,
        capacity=offer.capacity,
    )


def present_ruleset(ruleset: RuleSet, rulesets: tuple[RuleSet, ...], day: date) -> RulesetItem:
    """The rule set in a list, with whether it is the one in force that day."""
    in_force = ruleset_for(rulesets, day)
    later = ruleset.valid_from > in_force.valid_from
    return RulesetItem(
        version=ruleset.version,
        title=ruleset.title,
        valid_from=ruleset.valid_from,
        rows=len(ruleset.rows),
        status="active" if ruleset is in_force else "scheduled" if later else "retired",
    )
