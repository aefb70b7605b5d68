"""Several people and events at the same moment: one act each, and nobody waits for another for ever."""

import asyncio

from shared.contracts import Event
from shared.ids import new_id
from shared.vocabulary import Channel, Unit
from tests.routing.duties.conftest import Duties
from tests.routing.events import ago, assessed, child, companion, notification, triaged, waiting

RECEIVED = ago(hours=3)


async def test_two_acts_on_one_duty_end_it_once(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(assessed(contact, *notification(RECEIVED)), triaged(contact, Unit.CHILDREN_AMAGER))
    duty = await duties.the(contact)
    answers = await asyncio.gather(
        *(duties.act(duty, "not_a_notification", reason="Et opkald om en ven") for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_of_two_contacts_that_each_name_the_other_one_still_owes(duties: Duties) -> None:
    for _ in range(4):
        first, second = new_id(), new_id()
        await duties.deliver(
            *(assessed(one, *notification(RECEIVED)) for one in (first, second)),
            *(triaged(one, Unit.CHILDREN_AMAGER) for one in (first, second)),
        )
        answers = await asyncio.gather(
            duties.act(await duties.the(first), "duplicate", duplicate_of=str(second)),
            duties.act(await duties.the(second), "duplicate", duplicate_of=str(first)),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        states = [(await duties.the(one))["state"] for one in (first, second)]
        assert sorted(states) == ["ended_otherwise", "running"]


async def test_a_mothers_and_a_childs_events_at_once_lose_and_double_nothing(duties: Duties) -> None:
    for _ in range(3):
        mother, kid = new_id(), new_id()
        mail = Channel.WRITTEN
        events: list[Event] = [
            waiting(mother, channel=mail, entered_at=RECEIVED),
            assessed(mother, companions=[child(kid, received_at=RECEIVED)], channel=mail),
            assessed(mother, number=2, companions=[child(kid, received_at=RECEIVED)], channel=mail),
            assessed(kid, *notification(RECEIVED)),
            triaged(mother, Unit.ADULTS, companions=[companion(kid, received_at=RECEIVED)], channel=mail),
        ]
        await asyncio.gather(*(duties.deliver(event) for event in events))
        assert await duties.states(kid) == {
            "notification_assessment": "running",
            "notification_receipt": "running",
        }
        assert {duty["unit"] for duty in await duties.of(kid)} == {"children-amager"}
        assert await duties.states(mother) == {"unread_mail": "met"}


async def test_letters_that_are_taken_while_their_facts_arrive_are_read_once(duties: Duties) -> None:
    contacts = [new_id() for _ in range(5)]
    await duties.deliver(*(waiting(one, channel=Channel.WRITTEN, entered_at=RECEIVED) for one in contacts))
    takes = [duties.alma.post("/v1/queues/reception-mail/next") for _ in contacts]
    facts = [duties.deliver(assessed(one, channel=Channel.WRITTEN)) for one in contacts]
    taken, _ = await asyncio.gather(asyncio.gather(*takes), asyncio.gather(*facts))
    assert {answer.status_code for answer in taken} <= {200, 204}
    for one in contacts:
        duty = await duties.the(one, "unread_mail")
        assert (duty["state"], duty["act"]) == ("met", "read")
