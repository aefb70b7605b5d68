"""How deadlines of a period are judged, to the microsecond."""

from datetime import datetime, timedelta

import pytest

from services.routing.waits.statistics import Compliance, DueClock, compliance
from tests.routing.events import NOW, ago

TICK = timedelta(microseconds=1)
DUE = ago(hours=1)


def due(due_at: datetime, *, met_at: datetime | None = None, stopped_at: datetime | None = None) -> DueClock:
    return DueClock("youth", "written", "file_access", due_at, met_at, stopped_at)


@pytest.mark.parametrize(
    ("clock", "counted"),
    [
        (due(DUE, met_at=DUE), Compliance(met=1, missed=0, stopped=0)),
        (due(DUE, met_at=DUE + TICK), Compliance(met=0, missed=1, stopped=0)),
        (due(DUE, stopped_at=DUE), Compliance(met=0, missed=0, stopped=1)),
        (due(DUE, stopped_at=DUE + TICK), Compliance(met=0, missed=1, stopped=0)),
        (due(DUE), Compliance(met=0, missed=1, stopped=0)),
        (due(NOW - TICK), Compliance(met=0, missed=1, stopped=0)),
        (due(NOW), Compliance(met=0, missed=0, stopped=0, open=1)),
        (due(NOW, met_at=DUE), Compliance(met=0, missed=0, stopped=0)),
        (due(NOW, stopped_at=DUE), Compliance(met=0, missed=0, stopped=0)),
    ],
)
def test_a_deadline_is_judged_by_when_it_ended_and_only_once_it_was_due(
    clock: DueClock, counted: Compliance
) -> None:
    assert compliance([clock], NOW) == counted


def test_each_deadline_of_several_is_counted_once() -> None:
    clocks = [due(DUE, met_at=DUE), due(DUE, met_at=DUE), due(DUE), due(NOW), due(DUE, stopped_at=DUE)]
    assert compliance(clocks, NOW) == Compliance(met=2, missed=1, stopped=1, open=1)


def test_the_share_met_leaves_out_what_fell_away_and_what_is_open() -> None:
    assert Compliance(met=3, missed=1, stopped=5, open=7).share == 0.75
    assert Compliance(met=0, missed=0, stopped=5, open=7).share is None
