"""What routing does when intake and triage tell it something. Every handler may come late, early or twice."""

from datetime import datetime

from services.routing.contacts.new_entries import entry_of_decision, entry_of_visit
from services.routing.contacts.repository import lock_story, save_story
from services.routing.contacts.story import UNSERVED, Stay, Story, end_of, stays
from services.routing.deadlines.repository import end_clocks, set_clocks
from services.routing.deadlines.service import read_areas
from services.routing.duties.duty import FORWARDING, own_clocks
from services.routing.entries.repository import (
    add_entry,
    add_move,
    change_entry,
    open_entry_of,
    visit_entries,
)
from services.routing.models import EntryRow
from services.routing.states import TRIAGED, EntryStatus, MoveKind
from services.routing.units.repository import Queue, get_queue, reception_queue, team_queue
from services.routing.wording import own_target
from shared.contracts import (
    Clock,
    ContactClosed,
    ContactTriaged,
    ContactWaiting,
    Event,
    TriagedCompanion,
)
from shared.inbox import Handler
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import DestinationKind, Unit

_TOLD_BY = {MoveKind.SUPERSEDED: "triage"}

#: What intake alone knows of a visit.
_TOLD_OF_A_VISIT = ("queue", "origin", "agent", "taken_by", "received_at", "entered_at", "order_at")


async def on_contact_waiting(work: UnitOfWork, event: ContactWaiting) -> None:
    """A citizen waits, or their call moved on: one entry for each visit, as the newest version tells."""
    story = await lock_story(work.session, event.contact_id)
    heard = story.hear_waiting(event)
    if heard is story:
        return
    await save_story(work.session, event.contact_id, heard)
    known = await visit_entries(work.session, event.contact_id)
    for visit, stay in stays(heard):
        queue = await reception_queue(work.session, visit.queue, event.channel, event.occurred_at)
        wanted = entry_of_visit(event, visit, stay, queue)
        if visit.position in known:
            entry = known[visit.position]
            await _follow(work, entry, stay, wanted)
        else:
            await _enter(work, wanted, stay)


async def on_contact_triaged(work: UnitOfWork, event: ContactTriaged) -> None:
    """A person decided: the contact, and each companion, is in the one responsible unit's queue."""
    await _decide(work, event, event)
    for companion in event.companions:
        await _decide(work, event, companion)


async def on_contact_closed(work: UnitOfWork, event: ContactClosed) -> None:
    """Nothing more is to be done: no open entry stays behind."""
    story = await lock_story(work.session, event.contact_id)
    heard = story.hear_closed(event)
    if heard is story:
        return
    await save_story(work.session, event.contact_id, heard)
    await _follow_all(work, event, heard)
    await _close(work, event, heard)


async def _decide(work: UnitOfWork, event: ContactTriaged, told: ContactTriaged | TriagedCompanion) -> None:
    session, at = work.session, event.occurred_at
    story = await lock_story(session, told.contact_id)
    heard = story.hear_decision(event.decision, at, own=told is event)
    if heard == story:
        return
    await save_story(session, told.contact_id, heard)
    await _follow_all(work, told, heard)
    if heard.decided_at == story.decided_at and heard.decision == story.decision:
        return
    to_unit = told.destination.kind is DestinationKind.UNIT
    queue = await team_queue(session, told.destination.unit if to_unit else Unit.RECEPTION, at)
    await _supersede(work, told, at)
    wanted = [*told.clocks, *(await _own_clocks(work, event) if told is event else ())]
    clocks = await set_clocks(session, told.contact_id, wanted, queue=queue, channel=event.channel, at=at)
    entry = entry_of_decision(event, told, queue, clocks)
    await add_entry(session, entry)
    await add_move(session, entry.id, MoveKind.ENTERED, at, role="triage")
    await _close(work, told, heard)


async def _own_clocks(work: UnitOfWork, event: ContactTriaged) -> list[Clock]:
    """What the municipality has set itself for this contact, beside the law's clocks that triage tells."""
    return own_clocks(
        event,
        await read_areas(work.session),
        forwarding_days=work.state.settings.forwarding_working_days,
        forwarding_basis=own_target(FORWARDING),
    )


async def _enter(work: UnitOfWork, entry: EntryRow, stay: Stay) -> None:
    """A visit heard of for the first time, which may be over already."""
    if not stay.is_over:
        await _leave_for(work, entry)
    await add_entry(work.session, entry)
    await add_move(work.session, entry.id, MoveKind.ENTERED, entry.entered_at, role="intake")
    if stay.move is not MoveKind.ENTERED:
        await _tell(work, entry, stay)


async def _follow(work: UnitOfWork, entry: EntryRow, stay: Stay, told: EntryRow) -> None:
    """A visit that has its entry: bring it to where it stands now, and to what is `told` of it now.

    A late event can tell that the visit began earlier, or elsewhere. What a person did here stands; only
    an end still reaches an entry that a person left open.
    """
    if entry.by_person:
        if entry.is_open and stay.is_over:
            await _end_for_good(work, entry, stay)
        return
    news = {
        **{name: getattr(told, name) for name in _TOLD_OF_A_VISIT},
        "status": stay.status,
        "taken_at": stay.taken_at,
        "left_at": stay.left_at,
        "ended_at": stay.ended_at,
        "outcome": stay.outcome,
    }
    if all(getattr(entry, name) == value for name, value in news.items()):
        return
    if not stay.is_over:
        await _leave_for(work, entry)
    await change_entry(work.session, entry, **news)
    await _tell(work, entry, stay)


async def _follow_all(
    work: UnitOfWork, about: ContactTriaged | ContactClosed | TriagedCompanion, story: Story
) -> None:
    """Bring the contact's visits to where its story now says they stand."""
    known = await visit_entries(work.session, about.contact_id)
    for visit, stay in stays(story):
        entry = known[visit.position]
        await _follow(work, entry, stay, entry)


async def _end_for_good(work: UnitOfWork, entry: EntryRow, stay: Stay) -> None:
    ended_at = max(moment for moment in (stay.ended_at, entry.left_at, entry.entered_at) if moment)
    await change_entry(
        work.session,
        entry,
        status=stay.status,
        taken_at=entry.taken_at or stay.taken_at,
        left_at=entry.left_at or stay.left_at,
        ended_at=ended_at,
        outcome=stay.outcome,
    )
    await _tell(work, entry, stay)


async def _leave_for(work: UnitOfWork, entry: EntryRow) -> None:
    """The contact waits in `entry` now, so it is no longer anywhere else."""
    other = await open_entry_of(work.session, entry.contact_id)
    if other is not None and other.id != entry.id:
        at = max(entry.entered_at, other.left_at or other.entered_at)
        stay = Stay(EntryStatus.TRANSFERRED, MoveKind.OVERFLOWED, left_at=at, ended_at=at)
        await _end_for_good(work, other, stay)


async def _supersede(work: UnitOfWork, told: ContactTriaged | TriagedCompanion, at: datetime) -> None:
    """A decision ends whatever was open: at the reception it is what was waited for, in a team a move."""
    entry = await open_entry_of(work.session, told.contact_id)
    if entry is None:
        return
    queue = await get_queue(work.session, entry.queue)
    at = max(at, entry.entered_at)
    if _is_receptions(queue):
        stay = Stay(EntryStatus.COMPLETED, MoveKind.SUPERSEDED, at, at, at, TRIAGED)
    else:
        stay = Stay(EntryStatus.TRANSFERRED, MoveKind.SUPERSEDED, None, at, at, TRIAGED)
    await _end_for_good(work, entry, stay)


async def _close(
    work: UnitOfWork, about: ContactTriaged | ContactClosed | TriagedCompanion, story: Story
) -> None:
    """Once intake has closed the contact, end what is still open of it, and its clocks."""
    if not story.is_closed or story.closed_at is None:
        return
    outcome = story.closed_outcome
    entry = await open_entry_of(work.session, about.contact_id)
    if entry is not None:
        status, move = end_of(outcome)
        at = max(story.closed_at, entry.entered_at)
        served = None if outcome in UNSERVED else at
        await _end_for_good(work, entry, Stay(status, move, served, at, at, outcome))
    await end_clocks(work.session, about.contact_id, story.closed_at, met=outcome not in UNSERVED)


async def _tell(work: UnitOfWork, entry: EntryRow, stay: Stay) -> None:
    at = stay.ended_at or stay.left_at or entry.entered_at
    await add_move(
        work.session, entry.id, stay.move, at, role=_TOLD_BY.get(stay.move, "intake"), reason=stay.outcome
    )


def _is_receptions(queue: Queue) -> bool:
    return queue.row.is_reception or queue.row.unit == Unit.RECEPTION


HANDLERS: dict[type[Event], Handler] = {
    ContactWaiting: on_contact_waiting,
    ContactTriaged: on_contact_triaged,
    ContactClosed: on_contact_closed,
}
