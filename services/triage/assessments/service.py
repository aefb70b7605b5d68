"""Making and storing assessments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.triage.alarms.repository import lock_citizen
from services.triage.alarms.service import recompute_alarms
from services.triage.assessments import repository
from services.triage.assessments.schemas import AssessmentIn, AssessmentStatus
from services.triage.models import Assessment, ContactCourse
from services.triage.problems import ContactIsClosed
from services.triage.recommendations.schemas import Explanation, Recommendation
from services.triage.recommendations.service import Advisers
from shared.contracts import ContactRegistered, Facts
from shared.ids import new_id, reference_of
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Channel


@dataclass(frozen=True)
class Heard:
    """What was heard of a contact, by event or by hand."""

    contact_id: UUID
    facts: Facts
    channel: Channel
    received_at: datetime


def columns_of(
    heard: Heard,
    recommendation: Recommendation,
    made_at: datetime,
    *,
    contact_version: int = 0,
    status: AssessmentStatus = AssessmentStatus.UNDECIDED,
) -> dict[str, Any]:
    """A new assessment's row."""
    return {
        "id": new_id(),
        "contact_id": heard.contact_id,
        "contact_version": contact_version,
        "reference": reference_of(heard.contact_id),
        "channel": heard.channel,
        "received_at": heard.received_at,
        "made_at": made_at,
        "status": status,
        "version": 1,
        "ruleset": recommendation.ruleset,
        "kind": recommendation.destination.kind,
        "facts": heard.facts.model_dump(mode="json"),
        "recommendation": recommendation.model_dump(mode="json"),
    }


async def assess_by_hand(work: UnitOfWork, body: AssessmentIn) -> Assessment:
    """Store an assessment that somebody asked for. Raises ContactIsClosed when nothing is left to decide."""
    course = await repository.lock_course(work.session, body.contact_id)
    if course.closed_version:
        raise ContactIsClosed
    now = work.clock.now()
    heard = Heard(body.contact_id, body.facts, body.channel, body.received_at or now)
    columns = columns_of(heard, await _advise(work, heard), now)
    await _store(work, course, columns)
    return await get_assessment(work, columns["id"])


async def assess_registered(work: UnitOfWork, event: ContactRegistered) -> None:
    """Assess a contact's facts when they are newer than those assessed before, and look whether the citizen
    has come with the same too often.
    """
    course = await repository.lock_course(work.session, event.contact_id)
    if event.version <= course.registered_version:
        return
    key, before = event.citizen_key, course.citizen_key
    if key is not None:
        key = await lock_citizen(work.session, key)
    heard = Heard(event.contact_id, event.facts, event.channel, event.received_at)
    columns = columns_of(
        heard,
        await _advise(work, heard),
        event.occurred_at,
        contact_version=event.version,
        # News of the facts can arrive after news of the end.
        status=AssessmentStatus.CLOSED if course.closed_version else AssessmentStatus.UNDECIDED,
    )
    await _store(work, course, columns, registered_version=event.version, citizen_key=key)
    for whose in sorted({whose for whose in (before, key) if whose is not None}):
        await recompute_alarms(work, whose)


async def get_assessment(work: UnitOfWork, assessment_id: UUID) -> Assessment:
    """The assessment as it stands now. Raises NotFound."""
    found = await repository.find_assessment(work.session, assessment_id)
    if found is None:
        raise NotFound("No assessment has this id.")
    return found


async def explain_assessment(work: UnitOfWork, assessment_id: UUID) -> Explanation:
    """The stored assessment explained by the rule set of its moment. Raises NotFound or UnknownRuleset."""
    assessment = await get_assessment(work, assessment_id)
    advisers: Advisers = work.state.advisers
    facts, channel = Facts.model_validate(assessment.facts), Channel(assessment.channel)
    answer = await advisers.explain(
        work.session, facts, channel, assessment.received_at, version=assessment.ruleset
    )
    return answer.explanation


async def _store(work: UnitOfWork, course: ContactCourse, columns: dict[str, Any], **more: object) -> None:
    await repository.add_assessment(work.session, columns)
    await repository.change_course(work.session, course.contact_id, latest_assessment=columns["id"], **more)


async def _advise(work: UnitOfWork, heard: Heard) -> Recommendation:
    advisers: Advisers = work.state.advisers
    return await advisers.advise(work.session, heard.facts, heard.channel, heard.received_at)
