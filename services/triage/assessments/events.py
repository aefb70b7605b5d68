"""What triage does at the events of the other services, which come in any order and any number of times."""

from services.triage.alarms.service import rekey_alarms
from services.triage.assessments import repository
from services.triage.assessments.schemas import AssessmentStatus, ReturnOut
from services.triage.assessments.service import assess_registered
from shared.contracts import CitizenRekeyed, ContactClosed, ContactRegistered, EntryReturned, Event
from shared.inbox import Handler
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork


async def on_contact_registered(work: UnitOfWork, event: ContactRegistered) -> None:
    """New facts: a new assessment. The contact stays where it is until a person decides."""
    await assess_registered(work, event)


async def on_contact_closed(work: UnitOfWork, event: ContactClosed) -> None:
    """The contact is closed: no decision on it is needed any more."""
    course = await repository.lock_course(work.session, event.contact_id)
    closed_version = max(course.closed_version, event.version)
    await repository.change_course(work.session, event.contact_id, closed_version=closed_version)
    await repository.end_undecided(work.session, event.contact_id, AssessmentStatus.CLOSED)


async def on_entry_returned(work: UnitOfWork, event: EntryReturned) -> None:
    """The wrong unit: the contact's assessment needs a decision again, which any person may make.

    A return that refers to an older decision than the newest is ignored: a person has decided since. Raises
    NotFound for a decision that triage has not made.
    """
    course = await repository.lock_course(work.session, event.contact_id)
    if event.decision > course.decision:
        raise NotFound("No such decision was made here.")
    if event.decision < course.decision or event.decision <= course.returned_decision:
        return
    await repository.change_course(work.session, event.contact_id, returned_decision=event.decision)
    await repository.add_return(
        work.session,
        {
            "id": event.id,
            "contact_id": event.contact_id,
            "decision": event.decision,
            "unit": event.unit,
            "reason": event.reason,
            "reason_code": event.reason_code,
            "returned_at": event.occurred_at,
        },
    )
    if course.latest_assessment is None:
        return
    returned = ReturnOut(
        unit=event.unit,
        reason=event.reason,
        reason_code=event.reason_code,
        decision=event.decision,
        returned_at=event.occurred_at,
    )
    status = AssessmentStatus.CLOSED if course.closed_version else AssessmentStatus.UNDECIDED
    await repository.change_assessment(
        work.session,
        course.latest_assessment,
        status=status,
        returned=returned.model_dump(mode="json"),
    )


async def on_citizen_rekeyed(work: UnitOfWork, event: CitizenRekeyed) -> None:
    """The same citizen under another key."""
    await rekey_alarms(work, event.old_key, event.new_key)


HANDLERS: dict[type[Event], Handler] = {
    ContactRegistered: on_contact_registered,
    CitizenRekeyed: on_citizen_rekeyed,
    ContactClosed: on_contact_closed,
    EntryReturned: on_entry_returned,
}
