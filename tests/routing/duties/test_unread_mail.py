"""A letter that nobody has opened may be a notification: opening it is owed within some office hours."""

from datetime import datetime
from uuid import UUID

import pytest

from shared.contracts import ContactWaiting
from shared.ids import new_id
from shared.vocabulary import Channel, Unit
from tests.routing.duties.conftest import Duties, refused
from tests.routing.events import RECEPTION_QUEUES, ago, assessed, closed, triaged, visit, waiting
from tests.routing.hours import local

#: Half an hour before the time of the test's clock.
TODAY = local("2026-03-10 09:30")
FRIDAY = local("2026-03-06 12:30")


def letter(contact_id: UUID, at: datetime = TODAY) -> ContactWaiting:
    return waiting(contact_id, channel=Channel.WRITTEN, entered_at=at)


@pytest.mark.parametrize(
    ("arrives", "due"),
    [
        ("2026-03-10 09:30", "2026-03-10 13:30"),
        ("2026-03-06 12:30", "2026-03-09 11:30"),
        ("2026-03-07 23:00", "2026-03-09 13:00"),
        ("2026-04-01 14:00", "2026-04-07 12:00"),
    ],
)
async def test_it_is_due_four_open_hours_of_the_mail_queue_after_its_arrival(
    duties: Duties, arrives: str, due: str
) -> None:
    contact = new_id()
    await duties.deliver(letter(contact, local(arrives)))
    duty = await duties.the(contact, "unread_mail")
    assert (datetime.fromisoformat(duty["starts_at"]), datetime.fromisoformat(duty["due_at"])) == (
        local(arrives),
        local(due),
    )
    assert (duty["unit"], duty["queue"], duty["name"]) == ("reception", "reception-mail", "ulæst post")
    assert "byens eget mål" in duty["legal_basis"]


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.WALK_IN])
async def test_only_letters_have_it(duties: Duties, channel: Channel) -> None:
    contact = new_id()
    await duties.deliver(waiting(contact, channel=channel))
    assert await duties.of(contact) == []


async def test_it_orders_the_mail_and_is_counted(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(letter(contact))
    order = (await duties.entry(contact))["order"]
    assert (order["reason"], order["rule"]) == ("due", "unread_mail")
    assert [one["rule"] for one in await duties.of(state="running")] == ["unread_mail"]


async def test_taking_the_letter_is_reading_it(duties: Duties) -> None:
    first, second = new_id(), new_id()
    await duties.deliver(letter(first), letter(second, ago(minutes=1)))
    taken = (await duties.alma.post("/v1/queues/reception-mail/next")).json()
    assert (taken["contact_id"], taken["clocks"]) == (str(first), [])
    duty = await duties.the(first, "unread_mail")
    assert (duty["state"], duty["act"], duty["ended_by"], duty["role"]) == (
        "met",
        "read",
        "alma",
        "reception",
    )
    assert (await duties.the(second, "unread_mail"))["state"] == "running"
    released = (await duties.alma.post(f"/v1/entries/{taken['id']}/release")).json()
    assert released["order"]["reason"] == "target"
    assert (await duties.the(first, "unread_mail"))["state"] == "met"


async def test_facts_or_a_decision_show_that_it_was_read(duties: Duties) -> None:
    known, decided = new_id(), new_id()
    await duties.deliver(
        letter(known, FRIDAY),
        letter(decided, FRIDAY),
        assessed(known, channel=Channel.WRITTEN, at=ago(hours=1), received_at=FRIDAY),
        triaged(decided, Unit.ADULTS, channel=Channel.WRITTEN, at=ago(hours=2)),
    )
    for contact, ended_at in ((known, "2026-03-10T08:00:00Z"), (decided, "2026-03-10T07:00:00Z")):
        duty = await duties.the(contact, "unread_mail")
        assert (duty["state"], duty["act"], duty["ended_at"], duty["ended_by"]) == (
            "met" if ended_at < duty["due_at"] else "met_late",
            "read",
            ended_at,
            None,
        )


async def test_events_in_another_order_show_the_same(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(
        triaged(contact, Unit.ADULTS, channel=Channel.WRITTEN, at=ago(minutes=1)),
        letter(contact, FRIDAY),
        assessed(contact, number=2, at=ago(minutes=30), channel=Channel.WRITTEN),
        assessed(contact, number=1, at=ago(hours=1), channel=Channel.WRITTEN),
        letter(contact, FRIDAY),
    )
    duty = await duties.the(contact, "unread_mail")
    assert (duty["ended_at"], duty["unit"]) == ("2026-03-10T08:00:00Z", "reception")
    assert (await duties.entry(contact))["queue"] == "adults"


async def test_closing_an_unread_letter_does_not_open_it(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(letter(contact), closed(contact, "advised"))
    duty = await duties.the(contact, "unread_mail")
    assert (duty["state"], duty["entry_id"], duty["ended_at"]) == ("running", None, None)
    assert refused(await duties.act(duty, "read", duties.dorte), 403, "forbidden")
    assert (await duties.act(duty, "read", duties.alma)).json()["ended_by"] == "alma"


async def test_a_letter_that_another_system_reports_as_answered_was_read_then(duties: Duties) -> None:
    contact = new_id()
    answered = visit(FRIDAY, "answered", left_at=ago(days=1), queue=RECEPTION_QUEUES[Channel.WRITTEN])
    await duties.deliver(waiting(contact, answered, channel=Channel.WRITTEN))
    assert (await duties.the(contact, "unread_mail"))["ended_at"] == "2026-03-09T09:00:00Z"
