"""The estimated range is right as often as it says, and wide when little is known."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import fmean

import pytest

from services.routing.opening_hours.hours import ALWAYS_OPEN, OpeningHours
from services.routing.waits.estimate import (
    Departure,
    EstimateMethod,
    Pace,
    Prior,
    WaitRange,
    empirical_quantile,
    estimate,
    f_quantile,
    pace_of,
)
from tests.routing.hours import OFFICE, local

MONDAY = local("2026-11-23 10:00")
PRIOR = Prior(interval_seconds=300)
NO_HISTORY = Pace((), ())


def estimate_at(
    now: datetime,
    *,
    ahead: int = 0,
    pace: Pace = NO_HISTORY,
    hours: OpeningHours = OFFICE,
    joining: bool = True,
) -> WaitRange:
    return estimate(ahead=ahead, joining=joining, pace=pace, prior=PRIOR, hours=hours, now=now)


def bounds(wait: WaitRange) -> tuple[float, float, float]:
    assert wait.low_seconds is not None
    assert wait.median_seconds is not None
    assert wait.high_seconds is not None
    return wait.low_seconds, wait.median_seconds, wait.high_seconds


# From published tables of F (upper tail), and for the low ends the reciprocal with the degrees swapped.
@pytest.mark.parametrize(
    ("over", "under", "share", "table"),
    [
        (2, 10, 0.9, 2.92),
        (4, 20, 0.9, 2.25),
        (10, 10, 0.9, 2.32),
        (40, 40, 0.9, 1.51),
        (2, 6, 0.9, 3.46),
        (20, 4, 0.1, 1 / 2.25),
        (10, 10, 0.5, 1.0),
        (10, 20, 0.95, 2.35),
    ],
)
def test_the_quantiles_of_f_are_those_of_the_printed_tables(
    over: int, under: int, share: float, table: float
) -> None:
    assert f_quantile(over, under, share) == pytest.approx(table, rel=0.03)


def test_with_no_degrees_to_speak_of_the_quantiles_still_rise_and_stay_finite() -> None:
    values = [f_quantile(0.2, 0.6, share) for share in (0.025, 0.1, 0.5, 0.9, 0.975)]
    assert values == sorted(values)
    assert all(0 <= value < 1e6 for value in values)


Draw = Callable[[random.Random], float]


def exponential(chance: random.Random) -> float:
    return chance.expovariate(1 / 200)


def even(chance: random.Random) -> float:
    return chance.gammavariate(4, 50)


def uneven(chance: random.Random) -> float:
    return chance.expovariate(1 / 60) if chance.random() < 0.8 else chance.expovariate(1 / 760)


@pytest.mark.parametrize("draw", [exponential, even, uneven])
@pytest.mark.parametrize("ahead", [0, 3, 20])
def test_the_80_percent_range_holds_at_least_four_times_in_five_and_is_not_boundless(
    draw: Draw, ahead: int
) -> None:
    chance, held, rounds = random.Random(1942), 0, 600
    for _ in range(rounds):
        history = Pace(tuple(draw(chance) for _ in range(30)), ())
        low, _, high = bounds(
            estimate_at(MONDAY, ahead=ahead, pace=history, hours=ALWAYS_OPEN, joining=False)
        )
        held += low <= sum(draw(chance) for _ in range(ahead + 1)) <= high
    # At least its share: at a constant pace the room for a varying one is not needed.
    assert 0.78 <= held / rounds <= 0.95


def served_in_turn(chance: random.Random, people: int, load: float) -> list[Departure]:
    """An M/M/1 queue: each is taken when the one before has been served."""
    arrives, free, takes = MONDAY, MONDAY, []
    for _ in range(people):
        arrives += timedelta(seconds=chance.expovariate(load / 200))
        taken = max(arrives, free)
        free = taken + timedelta(seconds=chance.expovariate(1 / 200))
        takes.append(Departure(arrives, taken))
    return takes


def test_in_a_simulated_queue_the_range_holds_its_share_from_its_own_history() -> None:
    chance, held, estimated = random.Random(1958), 0, 0
    for _ in range(60):
        takes = served_in_turn(chance, 200, load=0.95)
        for number in range(80, 200, 8):
            now = takes[number].entered_at
            known = [take for take in takes[:number] if take.left_at <= now]
            ahead = number - len(known)
            if ahead == 0:
                continue
            pace = pace_of(known[-30:], ALWAYS_OPEN)
            low, _, high = bounds(estimate_at(now, ahead=ahead, pace=pace, hours=ALWAYS_OPEN))
            held += low <= (takes[number].left_at - now).total_seconds() <= high
            estimated += 1
    assert estimated > 300
    assert 0.78 <= held / estimated <= 0.95


def test_staff_who_wait_for_people_do_not_make_the_queue_look_slow() -> None:
    quiet = [
        Departure(MONDAY + timedelta(minutes=20 * n), MONDAY + timedelta(minutes=20 * n, seconds=5))
        for n in range(30)
    ]
    pace = pace_of(quiet, OFFICE)
    assert pace.intervals == ()
    assert fmean(pace.joined_empty) < 6


def test_those_ahead_who_give_up_make_the_queue_shorter_too() -> None:
    minutes = range(1, 21)
    left = [Departure(MONDAY, MONDAY + timedelta(minutes=n), taken=n % 2 == 0) for n in minutes]
    taken_only = [departure for departure in left if departure.taken]
    assert fmean(pace_of(left, OFFICE).intervals) == 60
    assert fmean(pace_of(taken_only, OFFICE).intervals) == 120


def test_who_comes_to_an_empty_queue_is_estimated_by_those_who_did_before() -> None:
    pace = Pace((), tuple(float(second) for second in range(1, 40)))
    wait = estimate_at(MONDAY, pace=pace)
    assert wait.method is EstimateMethod.JOINED_EMPTY
    assert bounds(wait) == pytest.approx((4, 20, 36))


def test_a_queue_with_no_history_answers_from_its_configured_pace_and_says_so() -> None:
    wait = estimate_at(MONDAY, ahead=2)
    low, median, high = bounds(wait)
    assert (wait.method, wait.observed, wait.probability) == (EstimateMethod.PRIOR, 0, 0.8)
    assert low < 3 * 300 < high
    assert low < median < high


def test_more_history_gives_a_narrower_range() -> None:
    few, many = Pace((200.0, 300.0, 250.0), ()), Pace((200.0, 300.0, 250.0) * 10, ())
    low_few, _, high_few = bounds(estimate_at(MONDAY, ahead=5, pace=few))
    low_many, _, high_many = bounds(estimate_at(MONDAY, ahead=5, pace=many))
    assert high_many - low_many < high_few - low_few


def test_who_writes_on_friday_evening_waits_for_monday_too() -> None:
    friday_evening = local("2026-11-20 18:00")
    until_open = (local("2026-11-23 09:00") - friday_evening).total_seconds()
    wait = estimate_at(friday_evening)
    assert wait.seconds_until_open == until_open
    assert bounds(wait)[0] >= until_open


def test_a_range_that_does_not_fit_before_closing_continues_the_next_day() -> None:
    just_before_closing = local("2026-11-23 14:59")
    _, _, high = bounds(estimate_at(just_before_closing, ahead=3))
    assert just_before_closing + timedelta(seconds=high) > local("2026-11-24 09:00")


def test_a_queue_that_never_opens_again_promises_nothing() -> None:
    gone = OpeningHours.model_validate({"weeks": []})
    wait = estimate_at(MONDAY, hours=gone)
    assert (wait.low_seconds, wait.high_seconds, wait.seconds_until_open) == (None, None, None)


def test_more_ahead_is_never_a_shorter_wait() -> None:
    pace = Pace((120.0, 240.0, 90.0, 400.0), ())
    highs = [bounds(estimate_at(MONDAY, ahead=ahead, pace=pace))[2] for ahead in range(12)]
    assert highs == sorted(highs)


def test_an_empirical_quantile_stays_within_what_was_seen() -> None:
    assert empirical_quantile([7.0], 0.9) == 7.0
    assert empirical_quantile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert empirical_quantile([1.0, 2.0, 3.0], 0.99) == 3.0
