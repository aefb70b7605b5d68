"""What a contact is owed as events report it, who answers for it, and the place that gives its entry."""

from datetime import datetime, timedelta
from uuid import UUID

from services.routing.contacts.state import ContactState
from services.routing.deadlines.own_deadlines import own_clocks
from services.routing.deadlines.repository import list_areas
from services.routing.duties.repository import (
    Place,
    add_duty,
    carry_duties,
    duties_of,
    end_duty,
    mark_read,
    owe,
    resume_duty,
)
from services.routing.entries.repository import latest_entry_of, open_entry_of
from services.routing.entries.service import reorder_open_entry
from services.routing.models import DutyRow
from services.routing.states import (
    FACTS_CHANGED,
    FORWARDING,
    SUPERSEDED,
    UNREAD_MAIL,
    DutyEnding,
    is_application,
)
from services.routing.units.repository import Queue, get_queue, reception_queue
from services.routing.wording import own_target
from shared.contracts import AssessedCompanion, Clock, ContactAssessed, ContactTriaged, ContactWaiting
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Channel, Unit


async def owe_assessed(
    work: UnitOfWork,
    event: ContactAssessed,
    assessed: ContactAssessed | AssessedCompanion,
    state: ContactState,
    *,
    is_newest: bool,
) -> None:
    """A contact is owed what its newest assessment says: the event's own contact, or a companion.

    A companion that no decision has opened is the reception's, and its parent's entry displays what it is
    owed.
    """
    await owe(
        work.session,
        assessed.contact_id,
        assessed.clocks,
        await place_of(work, assessed.contact_id, event.contact_id),
        channel=event.channel,
        at=state.assessed_at or event.occurred_at,
        is_newest=is_newest,
    )


async def owe_dropped(work: UnitOfWork, event: ContactAssessed, contact_id: UUID) -> None:
    """The newest assessment names this companion no longer, and no decision has opened it."""
    await owe(
        work.session,
        contact_id,
        (),
        await place_of(work, contact_id, event.contact_id),
        channel=event.channel,
        at=event.occurred_at,
        is_newest=True,
    )


async def owe_decided(
    work: UnitOfWork, event: ContactTriaged, contact_id: UUID, clocks: list[Clock], *, is_newest: bool
) -> None:
    """A decision's clocks are what is owed as long as no assessment has come; after one they only add."""
    place = await place_of(work, contact_id, contact_id)
    await owe(
        work.session,
        contact_id,
        clocks,
        place,
        channel=event.channel,
        at=event.occurred_at,
        is_newest=is_newest,
    )


async def owe_own(work: UnitOfWork, event: ContactTriaged, *, is_newest: bool) -> None:
    """The municipality's own deadlines of a contact that was decided so, beside the law's.

    An application that is owed an answer already keeps its deadline. A letter that the newest decision keeps
    here need not be forwarded any more.
    """
    clocks = own_clocks(
        event,
        await list_areas(work.session),
        forwarding_days=work.state.settings.forwarding_working_days,
        forwarding_basis=own_target(FORWARDING),
    )
    stored = await duties_of(work.session, event.contact_id)
    if is_newest and not any(clock.rule == FORWARDING for clock in clocks):
        await _end_forwarding(work, stored, event.occurred_at)
    for clock in clocks:
        same = [duty for duty in stored if _is_same_matter(duty, clock)]
        fell_away = [duty for duty in same if duty.reason == SUPERSEDED]
        if same and not (is_newest and fell_away == same):
            continue
        place = await place_of(work, event.contact_id, event.contact_id)
        if not same:
            await add_duty(work.session, event.contact_id, clock, place, channel=event.channel)
        else:
            await resume_duty(work.session, fell_away[-1].id, place)


def _is_same_matter(duty: DutyRow, clock: Clock) -> bool:
    """Whether a stored duty is what the clock would start again; one that the facts ended is not."""
    if is_application(clock.rule):
        return is_application(duty.rule) and duty.reason != FACTS_CHANGED
    return duty.rule == clock.rule


async def _end_forwarding(work: UnitOfWork, stored: list[DutyRow], at: datetime) -> None:
    ended = {"ended_at": at, "ending": DutyEnding.OTHERWISE, "reason": SUPERSEDED, "role": "triage"}
    for duty in stored:
        if duty.rule == FORWARDING and not duty.follows_facts:
            await end_duty(work.session, duty.id, **ended, written_at=at)


async def owe_reading(work: UnitOfWork, event: ContactWaiting, state: ContactState) -> None:
    """A letter is to be opened within some office hours of its arrival: it may be a notification."""
    await open_entry_of(work.session, event.contact_id, locked=True)
    stored = await duties_of(work.session, event.contact_id)
    if not any(duty.rule == UNREAD_MAIL for duty in stored):
        first = state.visits[0].queue
        queue = await reception_queue(work.session, first, event.channel, event.occurred_at)
        place = Place(queue.code, queue.row.unit, event.contact_id)
        clock = _reading_clock(event.received_at, queue, work.state.settings.unread_mail_office_hours)
        await add_duty(work.session, event.contact_id, clock, place, channel=event.channel)
    await record_reading(work, event.channel, event.contact_id, state)


def _reading_clock(received_at: datetime, queue: Queue, hours: float) -> Clock:
    length = timedelta(hours=hours)
    due_at = queue.hours.add_open_seconds(received_at, length.total_seconds())
    return Clock(
        rule=UNREAD_MAIL,
        starts_at=received_at,
        # A queue that never opens again does not stop the clock.
        due_at=due_at or received_at + length,
        legal_basis=own_target(UNREAD_MAIL),
        paused_when_closed=True,
    )


async def record_reading(work: UnitOfWork, channel: Channel, contact_id: UUID, state: ContactState) -> None:
    """What events show about when a letter was opened, also when they come before the letter's own."""
    if channel is Channel.WRITTEN and state.read_at is not None:
        await open_entry_of(work.session, contact_id, locked=True)
        await mark_read(work.session, contact_id, state.read_at, work.clock.now(), role="triage")


async def place_of(work: UnitOfWork, contact_id: UUID, carrier: UUID) -> Place:
    """Who answers for a contact: the unit whose queue it is in or was in last, before that the reception.

    `carrier` is the contact in whose words it came, which carries what is owed until it has its own entry.
    """
    entry = await latest_entry_of(work.session, contact_id)
    if entry is not None:
        queue = await get_queue(work.session, entry.queue)
        return Place(queue.code, queue.row.unit, contact_id)
    parents = None if carrier == contact_id else await latest_entry_of(work.session, carrier)
    queue = await get_queue(work.session, Unit.RECEPTION if parents is None else parents.queue)
    if not queue.is_receptions:
        queue = await get_queue(work.session, Unit.RECEPTION)
    return Place(queue.code, Unit.RECEPTION, carrier)


async def follow_entry(work: UnitOfWork, contact_id: UUID) -> None:
    """The contact's duties are those of the queue that it is in now, and order its open entry."""
    await carry_duties(work.session, contact_id, await place_of(work, contact_id, contact_id))
    await reorder_open_entry(work, contact_id)
