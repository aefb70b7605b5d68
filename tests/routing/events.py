"""Events as intake and triage publish them, with only what a test is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.contracts import (
    AssessedCompanion,
    Clock,
    ContactAssessed,
    ContactClosed,
    ContactTriaged,
    ContactWaiting,
    Destination,
    Facts,
    QueueVisit,
    TriagedCompanion,
)
from shared.ids import new_id, reference_of
from shared.vocabulary import Channel, DestinationKind, Need, Unit, Urgency

#: The test clock's moment: a Tuesday at ten in Copenhagen.
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
RECEPTION_QUEUES = {
    Channel.PHONE: "reception-phone",
    Channel.WALK_IN: "reception-desk",
    Channel.WRITTEN: "reception-mail",
}


def ago(**duration: float) -> datetime:
    return NOW - timedelta(**duration)


def visit(
    entered_at: datetime,
    outcome: str = "waiting",
    *,
    left_at: datetime | None = None,
    position: int = 1,
    queue: str = "reception-phone",
    origin: str | None = None,
    agent: str | None = None,
) -> QueueVisit:
    return QueueVisit.model_validate(
        {
            "position": position,
            "queue": queue,
            "origin": origin,
            "entered_at": entered_at,
            "left_at": left_at,
            "outcome": outcome,
            "agent": agent,
        }
    )


def waiting(
    contact_id: UUID,
    *visits: QueueVisit,
    version: int = 1,
    channel: Channel = Channel.PHONE,
    entered_at: datetime = NOW,
    ticket: str | None = None,
) -> ContactWaiting:
    """Without visits of its own: the contact waits in its channel's queue since `entered_at`."""
    reported = visits or (visit(entered_at, queue=RECEPTION_QUEUES[channel]),)
    return ContactWaiting(
        id=new_id(),
        occurred_at=max(one.left_at or one.entered_at for one in reported),
        contact_id=contact_id,
        version=version,
        reference=reference_of(contact_id),
        channel=channel,
        line="main",
        received_at=reported[0].entered_at,
        ticket=ticket,
        visits=list(reported),
    )


def clock(
    rule: str, starts_at: datetime, due_at: datetime, *, paused: bool = False, basis: str = "lov"
) -> Clock:
    return Clock(rule=rule, starts_at=starts_at, due_at=due_at, legal_basis=basis, paused_when_closed=paused)


def assessment_clock(received_at: datetime) -> Clock:
    """The 24 hours of barnets lov § 136."""
    due_at = received_at + timedelta(hours=24)
    return clock("notification_assessment", received_at, due_at, basis="barnets lov § 136")


def receipt_clock(received_at: datetime) -> Clock:
    """The receipt to the person who sent a notification."""
    return clock("notification_receipt", received_at, received_at + timedelta(days=7), paused=True)


def notification(received_at: datetime) -> list[Clock]:
    """What is owed for a notification of concern."""
    return [assessment_clock(received_at), receipt_clock(received_at)]


@dataclass(frozen=True)
class StoredDeadline:
    """A duty as far as its clock is concerned."""

    rule: str
    due_at: datetime
    paused_when_closed: bool = False
    ended_at: datetime | None = None
    done: bool = False


def assessed(
    contact_id: UUID,
    *clocks: Clock,
    number: int = 1,
    at: datetime = NOW,
    received_at: datetime | None = None,
    companions: Sequence[AssessedCompanion] = (),
    channel: Channel = Channel.PHONE,
    citizen_key: str | None = None,
    unit: Unit = Unit.CHILDREN_AMAGER,
) -> ContactAssessed:
    """Facts were registered; nobody has decided."""
    return ContactAssessed(
        id=new_id(),
        occurred_at=at,
        contact_id=contact_id,
        number=number,
        reference=reference_of(contact_id),
        channel=channel,
        received_at=received_at or at,
        ruleset="2",
        destination=Destination(kind=DestinationKind.UNIT, unit=unit),
        urgency=Urgency.DAY,
        clocks=list(clocks),
        companions=list(companions),
        citizen_key=citizen_key,
    )


def child(contact_id: UUID, *clocks: Clock, received_at: datetime = NOW) -> AssessedCompanion:
    """A child at risk whose contact no decision has opened; without clocks, with those of a notification."""
    return AssessedCompanion(
        contact_id=contact_id,
        concerns="child",
        destination=Destination(kind=DestinationKind.UNIT, unit=Unit.CHILDREN_AMAGER),
        urgency=Urgency.DAY,
        clocks=list(clocks) or notification(received_at),
    )


def triaged(
    contact_id: UUID,
    unit: Unit = Unit.YOUTH,
    *,
    decision: int = 1,
    at: datetime = NOW,
    kind: DestinationKind = DestinationKind.UNIT,
    urgency: Urgency = Urgency.NORMAL,
    clocks: Sequence[Clock] = (),
    companions: Sequence[TriagedCompanion] = (),
    channel: Channel = Channel.PHONE,
) -> ContactTriaged:
    return ContactTriaged(
        id=new_id(),
        occurred_at=at,
        contact_id=contact_id,
        decision=decision,
        reference=reference_of(contact_id),
        channel=channel,
        received_at=at,
        ruleset="1",
        overridden=False,
        destination=Destination(kind=kind, unit=unit),
        urgency=urgency,
        clocks=list(clocks),
        companions=list(companions),
    )


def companion(
    contact_id: UUID, unit: Unit = Unit.CHILDREN_AMAGER, received_at: datetime = NOW
) -> TriagedCompanion:
    """A child at risk beside an adult's own contact."""
    return TriagedCompanion(
        contact_id=contact_id,
        concerns="child",
        destination=Destination(kind=DestinationKind.UNIT, unit=unit),
        urgency=Urgency.DAY,
        clocks=[assessment_clock(received_at)],
        facts=Facts(needs=frozenset({Need.CHILD_CONCERN}), age=7),
    )


def closed(
    contact_id: UUID, outcome: str = "advised", *, version: int = 2, at: datetime = NOW
) -> ContactClosed:
    return ContactClosed(id=new_id(), occurred_at=at, contact_id=contact_id, version=version, outcome=outcome)
