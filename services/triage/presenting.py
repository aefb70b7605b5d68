"""Stored assessments and offers as they are answered."""

from datetime import date

from services.triage.models import Assessment
from services.triage.ruleset import RuleSet, ruleset_for
from services.triage.schemas import (
    AssessmentOut,
    RulesetItem,
)
from shared.ids import show_reference


def present(assessment: Assessment) -> AssessmentOut:
    """The assessment without the person who decided: a trail has roles, the answer no names."""
    shown = assessment.model_dump(exclude={"kind", "ruleset", "decided_by"})
    return AssessmentOut.model_validate({**shown, "reference": show_reference(assessment.reference)})


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
