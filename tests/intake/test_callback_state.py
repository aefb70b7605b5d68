"""Which calls are owed a call-back follows from the set of a number's calls and of what staff did."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.intake.callback_store.state import (
    ActionKind,
    Callback,
    CallbackAction,
    CallbackOutcome,
    CallbackStatus,
    NumberCall,
    callback_of,
)

MONDAY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 9)
CALLBACK, OTHER = UUID(int=1000), UUID(int=1001)


def gave_up(minute: int, *, waited: float = 60, short: bool = False, line: str = "main") -> NumberCall:
    started = MONDAY + timedelta(minutes=minute)
    return NumberCall(UUID(int=minute + 1), line, started, waited_seconds=waited, is_short=short)


def answered(minute: int) -> NumberCall:
    started = MONDAY + timedelta(minutes=minute)
    return NumberCall(UUID(int=minute + 1), "main", started, answered_at=started + timedelta(seconds=30))


def action(
    minute: int, kind: ActionKind, subject: str = "alice", callback: UUID = CALLBACK
) -> CallbackAction:
    at = MONDAY + timedelta(minutes=minute)
    outcome = CallbackOutcome.REACHED if kind == "settle" else None
    next_try = at + timedelta(hours=1) if kind == "attempt" else None
    return CallbackAction(UUID(int=minute + 1), callback, kind, at, subject, outcome, next_try)


def callback_for(calls: list[NumberCall], *actions: CallbackAction) -> Callback:
    callback = callback_of(DAY, calls, actions, CALLBACK)
    assert callback is not None
    return callback


def test_several_attempts_of_a_day_are_one_callback() -> None:
    callback = callback_for([gave_up(0, waited=200), gave_up(30, waited=20, line="youth")])

    assert (callback.status, callback.attempts, callback.line) == ("waiting", 2, "youth")
    assert (callback.longest_wait_seconds, callback.last_wait_seconds) == (200, 20)
    assert (callback.waiting_since, callback.due_at) == (MONDAY, MONDAY)


def test_a_later_answered_call_settles_it_and_a_further_attempt_opens_it_again() -> None:
    settled = callback_for([gave_up(0), answered(10)])
    assert (settled.status, settled.outcome) == ("settled", "answered")
    assert settled.settled_at == MONDAY + timedelta(minutes=10, seconds=30)

    again = callback_for([gave_up(0), answered(10), gave_up(20)])
    assert (again.status, again.attempts, again.outcome) == ("waiting", 2, None)
    assert again.waiting_since == MONDAY + timedelta(minutes=20)


def test_an_answered_call_of_another_day_settles_it_but_an_earlier_one_does_not() -> None:
    assert callback_for([gave_up(0), answered(24 * 60)]).status == "settled"
    assert callback_for([gave_up(10), answered(0)]).status == "waiting"


def test_a_call_answered_after_all_is_no_attempt() -> None:
    assert callback_of(DAY, [answered(0)], [], CALLBACK) is None


def test_a_callback_is_of_its_own_day_in_copenhagen() -> None:
    before_midnight = replace(gave_up(0), started_at=datetime(2026, 3, 9, 22, 59, tzinfo=UTC))
    after_midnight = replace(gave_up(1), started_at=datetime(2026, 3, 9, 23, 1, tzinfo=UTC))

    assert callback_for([before_midnight, after_midnight]).attempts == 1
    tuesday = callback_of(date(2026, 3, 10), [before_midnight, after_midnight], [], None)
    assert tuesday is not None
    assert tuesday.attempts == 1


def test_it_is_taken_until_it_is_released_tried_or_settled() -> None:
    calls = [gave_up(0)]
    assert (
        callback_for(calls, action(1, "take")).status,
        callback_for(calls, action(1, "take")).taken_by,
    ) == ("taken", "alice")
    assert callback_for(calls, action(1, "take"), action(2, "release")).status == "waiting"
    tried = callback_for(calls, action(1, "take"), action(2, "attempt"))
    assert (tried.status, tried.tries) == ("waiting", 1)
    assert tried.due_at == tried.next_try_at == MONDAY + timedelta(minutes=62)
    assert callback_for(calls, action(1, "take"), action(3, "settle")).outcome == "reached"


def test_who_phones_again_after_a_vain_try_is_due_at_once() -> None:
    callback = callback_for([gave_up(0), gave_up(5)], action(2, "attempt"))
    assert (callback.tries, callback.next_try_at, callback.due_at) == (1, None, MONDAY)


def test_having_reached_somebody_settles_all_their_days_but_clearing_only_its_own() -> None:
    calls = [gave_up(0)]
    assert callback_for(calls, action(10, "settle", callback=OTHER)).status == "settled"
    assert callback_for(calls, action(10, "clear", callback=OTHER)).status == "waiting"
    assert callback_for(calls, action(10, "clear")).status == "cleared"


def test_what_settled_it_first_is_what_settled_it() -> None:
    late = callback_for([gave_up(0), answered(5)], action(10, "settle"))
    assert (late.outcome, late.settled_at) == (
        "answered",
        MONDAY + timedelta(minutes=5, seconds=30),
    )


def test_it_is_short_when_all_that_is_owed_was_short() -> None:
    assert callback_for([gave_up(0, short=True)]).is_short
    assert not callback_for([gave_up(0, short=True), gave_up(5)]).is_short
    assert callback_for([gave_up(0), answered(2), gave_up(5, short=True)]).is_short


MINUTES = st.integers(0, 3000)
CALLS = st.lists(
    st.builds(gave_up, MINUTES) | st.builds(answered, MINUTES), unique_by=lambda call: call.contact_id
)
ACTIONS = st.sampled_from(["take", "release", "attempt", "settle", "clear"])
WHOSE = st.sampled_from([CALLBACK, OTHER])
DONE = st.lists(
    st.builds(action, MINUTES, ACTIONS, st.sampled_from(["alice", "bob"]), WHOSE),
    unique_by=lambda done: done.id,
)


@given(CALLS, DONE, st.randoms(use_true_random=False))
def test_the_order_in_which_calls_and_actions_become_known_never_matters(
    calls: list[NumberCall], actions: list[CallbackAction], chance: object
) -> None:
    shuffled, done = list(calls), list(actions)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    chance.shuffle(done)  # type: ignore[attr-defined]

    assert callback_of(DAY, calls, actions, CALLBACK) == callback_of(DAY, shuffled, done, CALLBACK)


@given(CALLS, DONE)
def test_nobody_is_forgotten_and_nobody_is_chased(
    calls: list[NumberCall], actions: list[CallbackAction]
) -> None:
    """Open exactly when some attempt of the day began after the last answer, reach or clearing."""
    callback = callback_of(DAY, calls, actions, CALLBACK)
    ends = [call.answered_at for call in calls if call.answered_at is not None]
    ends += [one.at for one in actions if one.kind == "settle"]
    ends += [one.at for one in actions if one.kind == "clear" and one.callback_id == CALLBACK]
    began = [
        call.started_at for call in calls if call.gave_up and call.started_at < MONDAY + timedelta(hours=14)
    ]
    owed = [moment for moment in began if not any(end >= moment for end in ends)]

    assert (callback is None) == (not began)
    if callback is not None:
        assert (callback.status in {CallbackStatus.WAITING, CallbackStatus.TAKEN}) == bool(owed)
        assert not owed or callback.waiting_since == min(owed)


def minutes(number: float) -> datetime:
    return MONDAY + timedelta(minutes=number)


def test_a_call_of_which_no_wait_is_known_waited_not_at_all_and_is_not_short() -> None:
    call = NumberCall(UUID(int=1), "main", MONDAY)

    assert (call.waited_seconds, call.is_short) == (0, False)


def test_an_attempt_at_the_moment_of_a_settlement_is_settled() -> None:
    at_the_answer = replace(gave_up(1), started_at=minutes(0.5))
    assert callback_for([answered(0), at_the_answer]).status == "settled"

    later = callback_for([answered(0), at_the_answer, gave_up(9)])
    assert (later.status, later.waiting_since, later.attempts) == ("waiting", minutes(9), 2)
    assert later.first_attempt_at == minutes(0.5)


def test_only_the_tries_of_its_own_callback_count() -> None:
    for other in (OTHER, UUID(int=999)):
        tries = [action(1, "attempt"), action(2, "attempt", callback=other), action(3, "attempt")]
        assert callback_for([gave_up(0)], *tries).tries == 2
        assert callback_for([gave_up(0)], *tries, action(4, "settle")).tries == 2


def test_only_tries_are_counted_whatever_else_was_done() -> None:
    done = [action(1, "attempt"), action(2, "take"), action(3, "release")]

    assert callback_for([gave_up(0)], *done).tries == 1
    assert callback_for([gave_up(0)], *done, action(4, "settle")).tries == 1
    assert callback_for([gave_up(0)], *done, action(4, "clear")).tries == 1


def test_only_a_clearing_of_its_own_callback_clears_it() -> None:
    for other in (OTHER, UUID(int=999)):
        assert callback_for([gave_up(0)], action(10, "clear", callback=other)).status == "waiting"


def test_an_id_read_from_elsewhere_is_the_same_callback() -> None:
    cleared = action(10, "clear", callback=UUID(str(CALLBACK)))
    tried = action(5, "attempt", callback=UUID(str(CALLBACK)))

    assert callback_for([gave_up(0)], tried, cleared).status == "cleared"
    assert callback_for([gave_up(0)], tried).tries == 1


def test_what_was_done_before_the_last_settlement_is_over() -> None:
    calls = [gave_up(0), answered(10), answered(20), gave_up(40)]

    callback = callback_for(calls, action(1, "attempt"), action(15, "attempt"), action(16, "take"))

    assert (callback.status, callback.tries, callback.taken_by) == ("waiting", 0, None)
    assert callback.waiting_since == minutes(40)


def test_of_several_settlements_the_last_one_before_an_attempt_is_where_it_opens_again() -> None:
    callback = callback_for([gave_up(0), answered(10), gave_up(15), answered(20), gave_up(40)])

    assert (callback.waiting_since, callback.attempts) == (minutes(40), 3)


def test_what_is_done_after_the_settlement_is_about_what_is_open_now() -> None:
    calls = [gave_up(0), gave_up(40)]
    settled = action(10, "settle")

    callback = callback_for(calls, settled, action(41, "attempt"), action(42, "take", "bob"))

    assert (callback.tries, callback.taken_by, callback.next_try_at) == (1, "bob", minutes(101))


def test_a_settlement_is_no_longer_open_work_and_what_follows_at_its_moment_is() -> None:
    settled = action(10, "settle")
    taken = replace(action(20, "take"), at=settled.at)
    before = replace(action(5, "take"), at=settled.at)

    assert callback_for([gave_up(0), gave_up(40)], settled, taken).taken_by == "alice"
    assert callback_for([gave_up(0), gave_up(40)], settled, before).taken_by is None


def test_an_answer_settles_before_what_is_done_at_its_moment() -> None:
    taken = replace(action(0, "take"), at=minutes(0.5))

    assert callback_for([answered(0), gave_up(5), gave_up(6)], taken).taken_by == "alice"


def test_a_try_at_the_moment_of_the_last_attempt_keeps_its_next_time() -> None:
    assert callback_for([gave_up(0)], action(0, "attempt")).next_try_at == minutes(60)


def test_neither_a_take_nor_a_release_changes_when_to_try_again() -> None:
    tried, taken = action(1, "attempt"), action(2, "take")

    assert callback_for([gave_up(0)], tried, taken).next_try_at == minutes(61)
    released = callback_for([gave_up(0)], tried, taken, action(3, "release"))
    assert (released.next_try_at, released.taken_by) == (minutes(61), None)
