"""What a new decision does to the clocks that a contact has."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.routing.deadlines.clocks import changes_to
from services.routing.models import ClockRow
from shared.contracts import Clock

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def due(days: int) -> datetime:
    return START + timedelta(days=days)


def clock(rule: str, days: int) -> Clock:
    return Clock(rule=rule, starts_at=START, due_at=due(days), legal_basis="lov", paused_when_closed=False)


def row(
    number: int,
    rule: str = "application_debt",
    days: int = 5,
    *,
    met: bool = False,
    stopped: bool = False,
    started_by: str | None = None,
    renews: int | None = None,
) -> ClockRow:
    return ClockRow(
        id=UUID(int=number),
        contact_id=UUID(int=0),
        queue="adults",
        channel="phone",
        met_at=due(1) if met else None,
        stopped_at=due(6) if stopped else None,
        started_by=started_by,
        renews=None if renews is None else UUID(int=renews),
        **clock(rule, days).model_dump(),
    )


WANTED = clock("application_debt", 5)


def test_a_clock_that_is_wanted_goes_on_and_another_stops() -> None:
    changes = changes_to([row(1), row(2, "file_access", 7)], [WANTED])
    assert (changes.stop, changes.start) == ([UUID(int=2)], [])


def test_what_a_caseworker_started_no_decision_stops() -> None:
    assert changes_to([row(1, "child_assessment", 120, started_by="karen")], []).stop == []


def test_a_duty_that_is_done_is_not_started_again() -> None:
    assert changes_to([row(1, met=True)], [WANTED]).start == []


def test_a_clock_that_fell_away_starts_again_when_it_is_wanted_again() -> None:
    (begun,) = changes_to([row(1, stopped=True)], [WANTED]).start
    assert (begun.clock, begun.renews) == (WANTED, None)


def test_a_clock_with_a_new_date_goes_on_with_it() -> None:
    renewed = [row(1, stopped=True), row(2, days=20, renews=1)]
    assert changes_to(renewed, [WANTED]).start == []
    assert changes_to(renewed, [WANTED]).stop == []
    assert changes_to(renewed, []).stop == [UUID(int=2)]


def test_a_new_date_holds_still_when_the_contact_comes_back() -> None:
    rows = [row(1, stopped=True), row(2, days=20, stopped=True, renews=1)]
    (begun,) = changes_to(rows, [WANTED]).start
    assert (begun.clock.due_at, begun.renews) == (due(20), UUID(int=2))


RULES = st.sampled_from(["a", "b", "c"])
ROWS = st.lists(
    st.tuples(RULES, st.integers(1, 3), st.sampled_from(["counting", "met", "stopped"])), max_size=6
)


@given(ROWS, st.lists(st.builds(clock, RULES, st.integers(1, 3)), max_size=5))
def test_deciding_the_same_again_changes_nothing(
    stored: list[tuple[str, int, str]], wanted: list[Clock]
) -> None:
    rows = [
        row(number, rule, days, met=state == "met", stopped=state == "stopped")
        for number, (rule, days, state) in enumerate(stored, start=1)
    ]
    changes = changes_to(rows, wanted)
    left = [one.model_copy(update={"stopped_at": due(9)}) if one.id in changes.stop else one for one in rows]
    left += [
        row(100 + number, begun.clock.rule, (begun.clock.due_at - START).days)
        for number, begun in enumerate(changes.start)
    ]
    again = changes_to(left, wanted)
    assert (again.stop, again.start) == ([], [])
    counting = {(one.rule, one.due_at) for one in left if one.met_at is None and one.stopped_at is None}
    assert counting <= {(one.rule, one.due_at) for one in wanted}


def test_of_several_that_fell_away_the_last_one_decides_whether_there_is_a_new_date() -> None:
    renewed_last = [row(1, stopped=True), row(2, stopped=True), row(3, days=20, stopped=True, renews=2)]
    (begun,) = changes_to(renewed_last, [WANTED]).start
    assert (begun.clock.due_at, begun.renews) == (due(20), UUID(int=3))

    renewed_first = [row(1, stopped=True), row(2, days=20, stopped=True, renews=1), row(3, stopped=True)]
    (begun,) = changes_to(renewed_first, [WANTED]).start
    assert (begun.clock, begun.renews) == (WANTED, None)

    both = [*renewed_first, row(4, days=30, stopped=True, renews=3)]
    (begun,) = changes_to(both, [WANTED]).start
    assert (begun.clock.due_at, begun.renews) == (due(30), UUID(int=4))
