"""What follows from what was heard of a contact, whatever came first."""

from collections.abc import Callable
from datetime import timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from services.routing.contacts.story import Stay, Story, stays
from services.routing.states import EntryStatus
from shared.contracts import QueueVisit
from shared.ids import new_id
from tests.routing.telling import NOW, ago, closed, visit, waiting

CONTACT = new_id()


def heard(*visits: QueueVisit, version: int = 1) -> Story:
    return Story().hear_waiting(waiting(CONTACT, *visits, version=version))


def standing(story: Story) -> list[Stay]:
    return [stay for _, stay in stays(story)]


def test_a_caller_who_waits_waits_and_one_who_is_answered_is_taken() -> None:
    (waits,) = standing(heard(visit(NOW)))
    (answered,) = standing(heard(visit(ago(seconds=30), "answered", left_at=NOW)))
    assert (waits.status, waits.left_at) == (EntryStatus.WAITING, None)
    assert (answered.status, answered.taken_at, answered.ended_at) == (EntryStatus.TAKEN, NOW, None)


def test_of_a_call_that_overflowed_only_the_last_queue_is_open() -> None:
    first = visit(ago(seconds=7), "overflowed", left_at=ago(seconds=1))
    second = visit(ago(seconds=1), position=2, queue="reception-desk")
    overflowed, waits = standing(heard(second, first))
    assert (overflowed.status, overflowed.left_at, overflowed.taken_at) == (
        EntryStatus.TRANSFERRED,
        ago(seconds=1),
        None,
    )
    assert waits.status is EntryStatus.WAITING


def test_an_answered_caller_who_was_passed_on_was_answered_where_they_were() -> None:
    first = visit(ago(minutes=5), "answered", left_at=ago(minutes=4))
    second = visit(ago(minutes=1), position=2)
    passed_on, _ = standing(heard(first, second))
    assert (passed_on.status, passed_on.taken_at) == (EntryStatus.TRANSFERRED, ago(minutes=4))
    assert passed_on.ended_at == ago(minutes=1)


def test_a_caller_lost_with_the_exchange_did_not_give_up() -> None:
    (lost,) = standing(heard(visit(ago(minutes=1), "lost", left_at=NOW)))
    (gone,) = standing(heard(visit(ago(minutes=1), "abandoned", left_at=NOW)))
    assert (lost.status, lost.outcome) == (EntryStatus.ABANDONED, "lost")
    assert (gone.status, gone.outcome) == (EntryStatus.ABANDONED, "abandoned")


def test_the_first_decision_ends_the_wait_and_later_ones_do_not_move_its_end() -> None:
    first, second = NOW, NOW + timedelta(hours=1)
    for order in ((1, 2), (2, 1)):
        story = heard(visit(ago(hours=2)))
        for decision in order:
            story = story.hear_decision(decision, first if decision == 1 else second, own=True)
        (stay,) = standing(story)
        assert (stay.status, stay.outcome, stay.ended_at, stay.taken_at) == (
            EntryStatus.COMPLETED,
            "triaged",
            first,
            first,
        )
        assert (story.decision, story.decided_at) == (2, second)


def test_a_letter_closed_with_advice_was_served_and_a_duplicate_was_not() -> None:
    story = heard(visit(ago(days=1), queue="reception-mail"))
    (advised,) = standing(story.hear_closed(closed(CONTACT, "advised")))
    (duplicate,) = standing(story.hear_closed(closed(CONTACT, "duplicate")))
    assert (advised.status, advised.taken_at) == (EntryStatus.COMPLETED, NOW)
    assert (duplicate.status, duplicate.taken_at, duplicate.left_at) == (EntryStatus.COMPLETED, None, NOW)


def test_of_closing_and_decision_the_earlier_one_ended_the_wait() -> None:
    story = heard(visit(ago(days=1))).hear_closed(closed(CONTACT, "advised", at=ago(hours=1)))
    (stay,) = standing(story.hear_decision(1, NOW, own=True))
    assert (stay.outcome, stay.ended_at) == ("advised", ago(hours=1))


def test_a_call_heard_of_anew_after_its_closing_is_open_again() -> None:
    story = heard(visit(ago(minutes=1), "lost", left_at=NOW)).hear_closed(closed(CONTACT, "lost", version=2))
    assert story.is_closed
    again = story.hear_waiting(waiting(CONTACT, visit(ago(minutes=1), "answered", left_at=NOW), version=3))
    assert not again.is_closed
    assert standing(again)[0].status is EntryStatus.TAKEN


def test_older_news_of_a_kind_changes_nothing() -> None:
    story = heard(visit(NOW), version=3).hear_closed(closed(CONTACT, version=4))
    assert story.hear_waiting(waiting(CONTACT, visit(ago(hours=1)), version=2)) is story
    assert story.hear_closed(closed(CONTACT, "lost", version=4)) is story


def test_a_decision_of_its_own_outranks_any_that_opened_it_as_a_companion() -> None:
    story = Story().hear_decision(5, ago(hours=1), own=False).hear_decision(1, NOW, own=True)
    assert (story.decision, story.decision_own) == (1, True)
    assert story.hear_decision(6, NOW, own=False).decision == 1


FIRST = visit(ago(minutes=50), "overflowed", left_at=ago(minutes=49))
SECOND = visit(ago(minutes=49), "answered", left_at=ago(minutes=48), position=2)
NEWS: list[Callable[[Story], Story]] = [
    lambda story: story.hear_waiting(waiting(CONTACT, visit(ago(minutes=50)), version=1)),
    lambda story: story.hear_waiting(waiting(CONTACT, FIRST, visit(ago(minutes=49), position=2), version=2)),
    lambda story: story.hear_waiting(waiting(CONTACT, FIRST, SECOND, version=4)),
    lambda story: story.hear_closed(closed(CONTACT, "lost", version=3, at=ago(minutes=45))),
    lambda story: story.hear_closed(closed(CONTACT, "advised", version=5, at=ago(minutes=10))),
    lambda story: story.hear_decision(7, ago(minutes=44), own=False),
    lambda story: story.hear_decision(1, ago(minutes=40), own=True),
    lambda story: story.hear_decision(2, ago(minutes=20), own=True),
]


@given(
    st.lists(st.sampled_from(NEWS), max_size=8).map(lambda extra: [*NEWS, *extra]).flatmap(st.permutations)
)
def test_news_in_any_order_and_told_twice_make_the_same_story(news: list[Callable[[Story], Story]]) -> None:
    story = reduce(lambda so_far, hear: hear(so_far), news, Story())
    in_order = reduce(lambda so_far, hear: hear(so_far), NEWS, Story())
    assert story == in_order
    assert standing(story) == standing(in_order)


def test_a_wait_never_ends_before_it_began() -> None:
    story = heard(visit(NOW, "abandoned", left_at=ago(seconds=3))).hear_decision(1, ago(hours=1), own=True)
    (stay,) = standing(story)
    assert stay.left_at == stay.ended_at == NOW
