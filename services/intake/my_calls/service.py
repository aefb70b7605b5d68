"""The calls at each person's phone right now: that ring there, or are answered there.

Read once at each change for all who look; each sees only what is at the own phone.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from services.intake.my_calls.repository import calls_going_on, contacts_of
from services.intake.my_calls.schemas import MyCall
from services.intake.phones.repository import taken_seats
from shared.ids import show_reference
from shared.live import Broadcast
from shared.unit_of_work import UnitOfWork, unit_of_work

#: A call that began longer ago and was never told to end is nothing to pop up.
_LONGEST = timedelta(hours=12)
_MANY = TypeAdapter(list[MyCall])

#: What is at each person's phone, by subject.
AtPhones = dict[str, list[MyCall]]


async def read_at_phones(work: UnitOfWork) -> AtPhones:
    """Whose phone has which calls, those answered first."""
    seats = {(seat.source, seat.agent): seat.subject for seat in await taken_seats(work.session)}
    if not seats:
        return {}
    calls = await calls_going_on(work.session, work.clock.now() - _LONGEST)
    found: dict[str, list[tuple[Any, str, datetime]]] = defaultdict(list)
    for call in calls:
        for agent, state, since in _phones_of(call):
            if subject := seats.get((call.source, agent)):
                found[subject].append((call, state, since))
    contacts = await contacts_of(
        work.session, {call.contact_id for mine in found.values() for call, _, _ in mine}
    )
    return {
        subject: sorted(
            (_shown(call, state, since, contacts[call.contact_id]) for call, state, since in mine),
            key=lambda one: (one.state, one.since),
        )
        for subject, mine in found.items()
    }


def _phones_of(call: Any) -> list[tuple[str, str, datetime]]:
    talk = call.talks[-1] if call.talks else None
    if talk is not None and talk["ended_at"] is None:
        return [(talk["agent"], "answered", datetime.fromisoformat(talk["started_at"]))]
    entered = call.visits[-1]["entered_at"] if call.visits else None
    since = call.started_at if entered is None else datetime.fromisoformat(entered)
    return [(agent, "ringing", since) for agent in call.ringing_at]


def _shown(call: Any, state: str, since: datetime, contact: Any) -> MyCall:
    visit = call.visits[-1] if call.visits else {}
    return MyCall.model_validate(
        {
            "contact_id": contact.id,
            "reference": show_reference(contact.reference),
            "state": state,
            "since": since,
            "line": contact.line,
            "queue": visit.get("queue"),
            "waited_seconds": visit.get("wait_seconds"),
            "status": contact.status,
            "withheld": contact.phone_index is None,
        }
    )


def as_json(calls: list[MyCall]) -> str:
    """As it is sent."""
    return _MANY.dump_json(calls).decode()


def broadcast_calls(work: UnitOfWork) -> Broadcast[AtPhones]:
    """What is at all phones, read anew at each change however many look."""
    state = work.state

    async def read() -> AtPhones:
        async with state.database.reading() as session:
            return await read_at_phones(unit_of_work(state, session))

    return Broadcast(state.live, read)
