"""Which member of staff uses which phone, and the calls at each phone now: ringing there, or answered there.

The calls are read once at each change, for all who follow them; each user gets those of the own phone.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from services.intake.phones import repository
from services.intake.phones.schemas import MyCall, my_call
from shared.access import Principal
from shared.live import Broadcast
from shared.unit_of_work import UnitOfWork, unit_of_work

#: A call without an end whose last event is longer ago is not listed any more: its end got lost.
_LONGEST = timedelta(hours=12)

#: The calls at each user's phone, by subject.
CallsAtPhones = dict[str, list[MyCall]]


async def take_phone(work: UnitOfWork, who: Principal, source: str, agent: str) -> None:
    """The user has this phone from now on and no other; its user before has none."""
    now = work.clock.now()
    await repository.end_seats(work.session, now, who.subject, phone=(source, agent))
    await repository.add_seat(work.session, source, agent, who.subject, now)


async def leave_phone(work: UnitOfWork, who: Principal) -> None:
    """The user has no phone any more."""
    await repository.end_seats(work.session, work.clock.now(), who.subject)


async def calls_at_phones(work: UnitOfWork) -> CallsAtPhones:
    """The calls at each user's phone, those answered first."""
    seats = {(seat.source, seat.agent): seat.subject for seat in await repository.taken_seats(work.session)}
    if not seats:
        return {}
    found: dict[str, list[tuple[Any, str, datetime]]] = defaultdict(list)
    for call in await repository.calls_going_on(work.session, work.clock.now() - _LONGEST):
        for agent, state, since in _phones_of(call):
            if subject := seats.get((call.source, agent)):
                found[subject].append((call, state, since))
    ids = {call.contact_id for mine in found.values() for call, _, _ in mine}
    contacts = await repository.contacts_of(work.session, ids)
    return {
        subject: sorted(
            (my_call(call, contacts[call.contact_id], state, since) for call, state, since in mine),
            key=lambda one: (one.state, one.since),
        )
        for subject, mine in found.items()
    }


def _phones_of(call: Any) -> list[tuple[str, str, datetime]]:
    """The agents at whose phones the call is now, each with its state and since when."""
    talk = call.talks[-1] if call.talks else None
    if talk is not None and talk["ended_at"] is None:
        return [(talk["agent"], "answered", datetime.fromisoformat(talk["started_at"]))]
    entered = call.visits[-1]["entered_at"] if call.visits else None
    since = call.started_at if entered is None else datetime.fromisoformat(entered)
    return [(agent, "ringing", since) for agent in call.ringing_at]


def broadcast_calls(work: UnitOfWork) -> Broadcast[CallsAtPhones]:
    """The calls at all phones, read once at each change, however many follow them."""
    state = work.state

    async def read() -> CallsAtPhones:
        async with state.database.reading() as session:
            return await calls_at_phones(unit_of_work(state, session))

    return Broadcast(state.live, read)
