"""Waits with those still waiting counted in: the figures of a queue in trouble do not flatter it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.waits.figures import (
    AgeBand,
    ServiceLevelVariant,
    Wait,
    WaitEnd,
    WaitQuantile,
    abandonment,
    age_bands,
    service_levels,
    survival,
    wait_quantiles,
)


def wait_quantile(waits: list[Wait], share: float) -> WaitQuantile | None:
    (quantile,) = wait_quantiles(waits, [share])
    return quantile


def answered(*seconds: float) -> list[Wait]:
    return [Wait(one, WaitEnd.ANSWERED) for one in seconds]


def waiting(*seconds: float) -> list[Wait]:
    return [Wait(one, WaitEnd.WAITING) for one in seconds]


def abandoned(*seconds: float) -> list[Wait]:
    return [Wait(one, WaitEnd.ABANDONED) for one in seconds]


def test_when_everyone_was_answered_the_quantiles_are_the_ordinary_ones() -> None:
    waits = answered(*range(1, 11))
    assert wait_quantile(waits, 0.5) == WaitQuantile(5, lower_bound=False)
    assert wait_quantile(waits, 0.9) == WaitQuantile(9, lower_bound=False)


def test_the_product_limit_curve_of_the_textbook_is_found() -> None:
    # Remission times of the 6-MP group (Freireich et al. 1963, as in Klein & Moeschberger, table 4.1).
    events = answered(6, 6, 6, 7, 10, 13, 16, 22, 23)
    censored = waiting(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    expected = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert dict(survival(events + censored)) == pytest.approx(expected, abs=5e-4)
    assert wait_quantile(events + censored, 0.5) == WaitQuantile(23, lower_bound=False)


def test_ten_quick_answers_do_not_hide_ten_who_have_waited_an_hour() -> None:
    waits = answered(*range(1, 11)) + waiting(*[3600.0] * 10)
    assert wait_quantile(answered(*range(1, 11)), 0.9) == WaitQuantile(9, lower_bound=False)
    assert wait_quantile(waits, 0.9) == WaitQuantile(3600, lower_bound=True)


def test_a_queue_where_nobody_was_ever_taken_gives_its_oldest_wait_as_a_bound() -> None:
    assert wait_quantile(waiting(60, 600), 0.5) == WaitQuantile(600, lower_bound=True)


def test_a_queue_where_nobody_waited_has_no_quantile() -> None:
    assert wait_quantile([], 0.5) is None


def test_giving_up_early_does_not_shorten_the_wait_of_those_who_stay() -> None:
    with_quitters = wait_quantile(answered(100, 200, 300) + abandoned(1, 1, 1), 0.5)
    assert with_quitters == wait_quantile(answered(100, 200, 300), 0.5)


ends = st.sampled_from(WaitEnd)
some_waits = st.lists(
    st.builds(Wait, seconds=st.integers(0, 500).map(float), end=ends), min_size=1, max_size=60
)


@given(some_waits)
def test_the_survival_curve_falls_and_stays_between_one_and_none(waits: list[Wait]) -> None:
    shares = [1.0, *(share for _, share in survival(waits))]
    assert all(-1e-12 <= later < earlier for earlier, later in pairwise(shares))


@given(some_waits, st.floats(0.05, 0.95))
def test_counting_those_still_waiting_never_makes_a_quantile_shorter(waits: list[Wait], share: float) -> None:
    finished = [wait for wait in waits if wait.end is WaitEnd.ANSWERED]
    whole, of_finished = wait_quantile(waits, share), wait_quantile(finished, share)
    assert whole is not None
    assert of_finished is None or whole.lower_bound or whole.seconds >= of_finished.seconds


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.integers(1, 99))
def test_without_censoring_it_is_the_smallest_wait_that_the_share_does_not_exceed(
    seconds: list[int], percent: int
) -> None:
    quantile = wait_quantile(answered(*seconds), percent / 100)
    naive = next(x for x in sorted(seconds) if sum(s <= x for s in seconds) * 100 >= percent * len(seconds))
    assert quantile == WaitQuantile(naive, lower_bound=False)


def test_those_waiting_are_counted_by_age_and_each_is_in_one_band() -> None:
    bands = age_bands([0, 59, 60, 299, 300, 9000], bounds=[60, 300])
    assert bands == [AgeBand(0, 60, 2), AgeBand(60, 300, 2), AgeBand(300, None, 2)]


def with_target(seconds: float, waits: list[Wait]) -> list[Wait]:
    return [replace(wait, target_seconds=seconds) for wait in waits]


WAITS = with_target(
    20, answered(5, 15, 25, 35) + abandoned(3, 40) + waiting(10, 50) + [Wait(20, WaitEnd.LEFT)]
)


@pytest.mark.parametrize(
    ("variant", "share"),
    [
        (ServiceLevelVariant.ANSWERED, 2 / 4),
        (ServiceLevelVariant.ANSWERED_OR_ABANDONED_LATE, 2 / 5),
        (ServiceLevelVariant.ANSWERED_OR_ABANDONED, 2 / 6),
        (ServiceLevelVariant.EVERYONE_DUE, 2 / 6),
    ],
)
def test_each_service_level_says_what_it_is_a_share_of(variant: ServiceLevelVariant, share: float) -> None:
    assert service_levels(WAITS)[variant] == pytest.approx(share)


def test_answered_exactly_on_the_target_is_in_time() -> None:
    assert service_levels(with_target(20, answered(20)))[ServiceLevelVariant.ANSWERED] == 1


def test_queues_with_targets_of_their_own_are_judged_each_by_its_own() -> None:
    waits = (
        with_target(20, answered(10)) + with_target(86400, answered(3600)) + with_target(20, answered(3600))
    )
    assert service_levels(waits)[ServiceLevelVariant.ANSWERED] == pytest.approx(2 / 3)


def test_a_quiet_queue_has_neither_service_level_nor_abandonment() -> None:
    assert service_levels(with_target(20, waiting(1)))[ServiceLevelVariant.ANSWERED_OR_ABANDONED_LATE] is None
    assert abandonment(waiting(1)) is None


def test_abandonment_is_a_share_of_those_whose_wait_is_settled() -> None:
    assert abandonment(WAITS) == pytest.approx(2 / 6)
