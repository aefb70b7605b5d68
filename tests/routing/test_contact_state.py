"""What follows from the events about a contact, in whatever order they came."""

from collections.abc import Callable
from datetime import timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from services.routing.contacts.state import ContactState, VisitState, visit_states
from services.routing.states import EntryStatus
from shared.contracts import QueueVisit
from shared.ids import new_id
from tests.routing.events import NOW, ago, closed, visit, waiting

CONTACT = new_id()


def reported(*visits: QueueVisit, version: int = 1) -> ContactState:
    return ContactState().with_waiting(waiting(CONTACT, *visits, version=version))


def states(state: ContactState) -> list[VisitState]:
    return [visited for _, visited in visit_states(state)]


def test_a_caller_who_waits_waits_and_one_who_is_answered_is_taken() -> None:
    (waits,) = states(reported(visit(NOW)))
    (answered,) = states(reported(visit(ago(seconds=30), "answered", left_at=NOW)))
    assert (waits.status, waits.left_at) == (EntryStatus.WAITING, None)
    assert (answered.status, answered.taken_at, answered.ended_at) == (EntryStatus.TAKEN, NOW, None)


def test_of_a_call_that_overflowed_only_the_last_queue_is_open() -> None:
    first = visit(ago(seconds=7), "overflowed", left_at=ago(seconds=1))
    second = visit(ago(seconds=1), position=2, queue="reception-desk")
    overflowed, waits = states(reported(second, first))
    assert (overflowed.status, overflowed.left_at, overflowed.taken_at) == (
        EntryStatus.TRANSFERRED,
        ago(seconds=1),
        None,
    )
    assert waits.status is EntryStatus.WAITING


def test_an_answered_caller_who_was_passed_on_was_answered_where_they_were() -> None:
    first = visit(ago(minutes=5), "answered", left_at=ago(minutes=4))
    second = visit(ago(minutes=1), position=2)
    passed_on, _ = states(reported(first, second))
    assert (passed_on.status, passed_on.taken_at) == (EntryStatus.TRANSFERRED, ago(minutes=4))
    assert passed_on.ended_at == ago(minutes=1)


def test_a_caller_lost_with_the_exchange_did_not_give_up() -> None:
    (lost,) = states(reported(visit(ago(minutes=1), "lost", left_at=NOW)))
    (gone,) = states(reported(visit(ago(minutes=1), "abandoned", left_at=NOW)))
    assert (lost.status, lost.outcome) == (EntryStatus.ABANDONED, "lost")
    assert (gone.status, gone.outcome) == (EntryStatus.ABANDONED, "abandoned")


def test_the_first_decision_ends_the_wait_and_later_ones_do_not_move_its_end() -> None:
    first, second = NOW, NOW + timedelta(hours=1)
    for order in ((1, 2), (2, 1)):
        state = reported(visit(ago(hours=2)))
        for decision in order:
            state = state.with_decision(decision, first if decision == 1 else second, own=True)
        (visited,) = states(state)
        assert (visited.status, visited.outcome, visited.ended_at, visited.taken_at) == (
            EntryStatus.COMPLETED,
            "triaged",
            first,
            first,
        )
        assert (state.decision, state.decided_at) == (2, second)


def test_a_letter_closed_with_advice_was_served_and_a_duplicate_was_not() -> None:
    state = reported(visit(ago(days=1), queue="reception-mail"))
    (advised,) = states(state.with_closed(closed(CONTACT, "advised")))
    (duplicate,) = states(state.with_closed(closed(CONTACT, "duplicate")))
    assert (advised.status, advised.taken_at) == (EntryStatus.COMPLETED, NOW)
    assert (duplicate.status, duplicate.taken_at, duplicate.left_at) == (EntryStatus.COMPLETED, None, NOW)


def test_of_closing_and_decision_the_earlier_one_ended_the_wait() -> None:
    state = reported(visit(ago(days=1))).with_closed(closed(CONTACT, "advised", at=ago(hours=1)))
    (visited,) = states(state.with_decision(1, NOW, own=True))
    assert (visited.outcome, visited.ended_at) == ("advised", ago(hours=1))


def test_a_call_reported_again_after_its_closing_is_open_again() -> None:
    state = reported(visit(ago(minutes=1), "lost", left_at=NOW)).with_closed(
        closed(CONTACT, "lost", version=2)
    )
    assert state.is_closed
    again = state.with_waiting(waiting(CONTACT, visit(ago(minutes=1), "answered", left_at=NOW), version=3))
    assert not again.is_closed
    assert states(again)[0].status is EntryStatus.TAKEN


def test_older_news_of_a_kind_changes_nothing() -> None:
    state = reported(visit(NOW), version=3).with_closed(closed(CONTACT, version=4))
    assert state.with_waiting(waiting(CONTACT, visit(ago(hours=1)), version=2)) is state
    assert state.with_closed(closed(CONTACT, "lost", version=4)) is state


def test_a_decision_of_its_own_outranks_any_that_opened_it_as_a_companion() -> None:
    state = ContactState().with_decision(5, ago(hours=1), own=False).with_decision(1, NOW, own=True)
    assert (state.decision, state.decision_own) == (1, True)
    assert state.with_decision(6, NOW, own=False).decision == 1


FIRST = visit(ago(minutes=50), "overflowed", left_at=ago(minutes=49))
SECOND = visit(ago(minutes=49), "answered", left_at=ago(minutes=48), position=2)
CHANGES: list[Callable[[ContactState], ContactState]] = [
    lambda state: state.with_waiting(waiting(CONTACT, visit(ago(minutes=50)), version=1)),
    lambda state: state.with_waiting(waiting(CONTACT, FIRST, visit(ago(minutes=49), position=2), version=2)),
    lambda state: state.with_waiting(waiting(CONTACT, FIRST, SECOND, version=4)),
    lambda state: state.with_closed(closed(CONTACT, "lost", version=3, at=ago(minutes=45))),
    lambda state: state.with_closed(closed(CONTACT, "advised", version=5, at=ago(minutes=10))),
    lambda state: state.with_decision(7, ago(minutes=44), own=False),
    lambda state: state.with_decision(1, ago(minutes=40), own=True),
    lambda state: state.with_decision(2, ago(minutes=20), own=True),
]


@given(
    st.lists(st.sampled_from(CHANGES), max_size=8)
    .map(lambda extra: [*CHANGES, *extra])
    .flatmap(st.permutations)
)
def test_changes_in_any_order_and_twice_make_the_same_state(
    changes: list[Callable[[ContactState], ContactState]],
) -> None:
    state = reduce(lambda so_far, change: change(so_far), changes, ContactState())
    in_order = reduce(lambda so_far, change: change(so_far), CHANGES, ContactState())
    assert state == in_order
    assert states(state) == states(in_order)


def test_a_wait_never_ends_before_it_began() -> None:
    state = reported(visit(NOW, "abandoned", left_at=ago(seconds=3))).with_decision(1, ago(hours=1), own=True)
    (visited,) = states(state)
    assert visited.left_at == visited.ended_at == NOW
