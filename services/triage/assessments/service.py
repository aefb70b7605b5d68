"""Assessing a contact: a recommendation for its facts, stored for a person to decide on.

Assessments come in three ways: from the event that intake sends when facts are registered, from a person who
asks for one, and from a person who decides on facts whose event has not arrived yet (decisions/service.py).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.triage.alarms.repository import lock_citizen
from services.triage.alarms.service import recompute_alarms
from services.triage.assessments import repository
from services.triage.assessments.assessed_event import assessed_event, with_contact_ids
from services.triage.assessments.contact_facts import ContactFacts
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


def assessment_row(
    contact: ContactFacts,
    recommendation: Recommendation,
    made_at: datetime,
    status: AssessmentStatus = AssessmentStatus.UNDECIDED,
) -> dict[str, Any]:
    """The columns of a new assessment."""
    return {
        "id": new_id(),
        "contact_id": contact.contact_id,
        "contact_version": contact.version,
        "reference": reference_of(contact.contact_id),
        "channel": contact.channel,
        "received_at": contact.received_at,
        "made_at": made_at,
        "status": status,
        "version": 1,
        "ruleset": recommendation.ruleset,
        "kind": recommendation.destination.kind,
        "facts": contact.facts.model_dump(mode="json"),
        "recommendation": recommendation.model_dump(mode="json"),
    }


async def assess(
    work: UnitOfWork,
    course: ContactCourse,
    contact: ContactFacts,
    made_at: datetime,
    status: AssessmentStatus = AssessmentStatus.UNDECIDED,
) -> Assessment:
    """Store an assessment of these facts as the contact's latest, and publish what the citizen is owed.

    The contact's course must be locked.
    """
    advisers: Advisers = work.state.advisers
    recommendation = await advisers.advise(work.session, contact.facts, contact.channel, contact.received_at)
    row = assessment_row(contact, recommendation, made_at, status)
    await repository.add_assessment(work.session, row)
    await repository.change_course(work.session, contact.contact_id, latest_assessment=row["id"])
    await _publish(work, course, contact, recommendation, made_at)
    return await get_assessment(work, row["id"])


async def _publish(
    work: UnitOfWork,
    course: ContactCourse,
    contact: ContactFacts,
    recommendation: Recommendation,
    made_at: datetime,
) -> None:
    """Publish what the citizen is owed, under the next number of the contact's assessments.

    Each child at risk gets the id of its own contact at this moment, so that its clocks run from receipt.
    """
    number = course.assessments + 1
    companions = with_contact_ids(recommendation, course.companions, new_id)
    await repository.change_course(
        work.session, contact.contact_id, assessments=number, companions=companions
    )
    await work.publish(
        assessed_event(
            contact,
            recommendation,
            event_id=new_id(),
            occurred_at=made_at,
            number=number,
            companions=companions,
        )
    )


async def publish_unpublished(work: UnitOfWork, contact_id: UUID) -> bool:
    """Publish what an assessed contact is owed, by its stored facts, unless it was published or is closed.

    Returns whether it was published now.
    """
    course = await repository.lock_course(work.session, contact_id)
    if course.assessments or course.closed_version or course.latest_assessment is None:
        return False
    stored = await get_assessment(work, course.latest_assessment)
    contact = ContactFacts(
        contact_id,
        Facts.model_validate(stored.facts),
        Channel(stored.channel),
        stored.received_at,
        citizen_key=course.citizen_key,
    )
    advisers: Advisers = work.state.advisers
    recommendation = await advisers.advise(work.session, contact.facts, contact.channel, contact.received_at)
    await _publish(work, course, contact, recommendation, stored.made_at)
    return True


async def assess_on_request(work: UnitOfWork, body: AssessmentIn) -> Assessment:
    """Store an assessment that a person asked for. Raises ContactIsClosed."""
    course = await repository.lock_course(work.session, body.contact_id)
    if course.closed_version:
        raise ContactIsClosed
    now = work.clock.now()
    contact = ContactFacts(
        body.contact_id, body.facts, body.channel, body.received_at or now, citizen_key=course.citizen_key
    )
    return await assess(work, course, contact, now)


async def assess_registered(work: UnitOfWork, event: ContactRegistered) -> None:
    """Assess registered facts, and recompute the repeat alarms about the citizen.

    An event that is not newer than the newest one received changes nothing: events can come twice and in
    any order.
    """
    course = await repository.lock_course(work.session, event.contact_id)
    if event.version <= course.registered_version:
        return
    key, key_before = event.citizen_key, course.citizen_key
    if key is not None:
        key = await lock_citizen(work.session, key)
    # A person may have decided on this version of the facts, or a later one, before this event arrived.
    # Then the assessment is made; whose contact it is, only the event says.
    newest_version, newest_at = await repository.newest_assessed(work.session, event.contact_id)
    if event.version > newest_version:
        contact = ContactFacts(
            event.contact_id,
            event.facts,
            event.channel,
            event.received_at,
            version=event.version,
            citizen_key=key,
        )
        # A contact's list is newest first, and the first is the one to decide on: this one, although the
        # event can be older than a decision on the version before.
        made_at = max(event.occurred_at, newest_at or event.occurred_at)
        # The contact can have been closed by an event that overtook this one.
        status = AssessmentStatus.CLOSED if course.closed_version else AssessmentStatus.UNDECIDED
        await assess(work, course, contact, made_at, status)
    await repository.change_course(
        work.session, event.contact_id, registered_version=event.version, citizen_key=key
    )
    for citizen in sorted({citizen for citizen in (key_before, key) if citizen is not None}):
        await recompute_alarms(work, citizen)


async def get_assessment(work: UnitOfWork, assessment_id: UUID) -> Assessment:
    """The assessment as it is stored now. Raises NotFound."""
    found = await repository.find_assessment(work.session, assessment_id)
    if found is None:
        raise NotFound("No assessment has this id.")
    return found


async def explain_assessment(work: UnitOfWork, assessment_id: UUID) -> Explanation:
    """The assessment explained by the rule set that it was made by. Raises NotFound or UnknownRuleset."""
    assessment = await get_assessment(work, assessment_id)
    advisers: Advisers = work.state.advisers
    facts, channel = Facts.model_validate(assessment.facts), Channel(assessment.channel)
    answer = await advisers.explain(
        work.session, facts, channel, assessment.received_at, version=assessment.ruleset
    )
    return answer.explanation
