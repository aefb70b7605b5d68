"""Stored assessments as they are answered."""

from collections.abc import Iterable

from services.triage.alarms.presenting_alarms import brief
from services.triage.models import AlarmRow, Assessment
from services.triage.schemas import AssessmentOut
from shared.ids import show_reference


def present(assessment: Assessment, alarms: Iterable[AlarmRow]) -> AssessmentOut:
    """The assessment without the person who decided: a trail has roles, the answer no names."""
    shown = assessment.model_dump(exclude={"kind", "ruleset", "decided_by"})
    return AssessmentOut.model_validate(
        {
            **shown,
            "reference": show_reference(assessment.reference),
            "alarms": [brief(alarm) for alarm in alarms],
        }
    )
