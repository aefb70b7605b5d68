"""How duties of a period are judged, to the microsecond."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.states import DutyEnding
from services.routing.waits.statistics import Compliance, DueDuty, compliance
from tests.routing.events import NOW, ago

TICK = timedelta(microseconds=1)
DUE = ago(hours=1)


def due(
    due_at: datetime, *, done_at: datetime | None = None, otherwise_at: datetime | None = None
) -> DueDuty:
    ending, reason = None, None
    if done_at is not None:
        ending = DutyEnding.DONE
    elif otherwise_at is not None:
        ending, reason = DutyEnding.OTHERWISE, "withdrawn"
    return DueDuty("youth", "written", "file_access", due_at, True, done_at or otherwise_at, ending, reason)


WITHDRAWN = {"withdrawn": 1}


@pytest.mark.parametrize(
    ("duty", "counted"),
    [
        (due(DUE, done_at=DUE), Compliance(met=1)),
        (due(DUE, done_at=DUE + TICK), Compliance(met_late=1)),
        (due(DUE, otherwise_at=DUE), Compliance(ended_otherwise=WITHDRAWN)),
        (due(DUE, otherwise_at=DUE + TICK), Compliance(ended_otherwise=WITHDRAWN, otherwise_late=1)),
        (due(DUE), Compliance(overdue=1)),
        (due(NOW - TICK), Compliance(overdue=1)),
        (due(NOW), Compliance(open=1)),
        (due(NOW, done_at=DUE), Compliance(met=1)),
        (due(NOW, otherwise_at=DUE), Compliance(ended_otherwise=WITHDRAWN)),
    ],
)
def test_a_duty_is_judged_by_when_and_how_it_ended(duty: DueDuty, counted: Compliance) -> None:
    assert compliance([duty], NOW) == counted


def test_each_duty_of_several_is_counted_once() -> None:
    duties = [due(DUE, done_at=DUE), due(DUE, done_at=DUE), due(DUE), due(NOW), due(DUE, otherwise_at=DUE)]
    assert compliance(duties, NOW) == Compliance(met=2, overdue=1, open=1, ended_otherwise=WITHDRAWN)


def test_the_share_is_of_all_that_have_ended_or_are_past_due() -> None:
    figures = Compliance(
        met=3,
        met_late=1,
        overdue=2,
        open=7,
        ended_otherwise={"withdrawn": 3, "duplicate": 1},
        otherwise_late=1,
    )
    assert (figures.missed, figures.stopped) == (4, 3)
    assert figures.share == 0.3
    assert Compliance(open=7).share is None
    assert Compliance(ended_otherwise={"withdrawn": 5}).share == 0.0


_FEW_HOURS = st.integers(-3, 3).map(lambda hours: DUE + timedelta(hours=hours))
DUTIES = st.lists(
    st.one_of(
        st.builds(due, _FEW_HOURS),
        st.builds(due, _FEW_HOURS, done_at=_FEW_HOURS),
        st.builds(due, _FEW_HOURS, otherwise_at=_FEW_HOURS),
    ),
    min_size=1,
    max_size=6,
)


@given(DUTIES, st.data())
def test_ending_a_duty_without_its_act_never_makes_the_share_better(
    duties: list[DueDuty], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(duties) - 1))
    if duties[place].ended_at is not None:
        return
    ended = duties.copy()
    ended[place] = due(duties[place].due_at, otherwise_at=NOW)
    before, after = compliance(duties, NOW).share, compliance(ended, NOW).share
    assert before is None or (after is not None and after <= before)
