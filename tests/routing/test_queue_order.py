"""Who is taken first: the key made with the entry says the same as looking at everybody afresh."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.routing.deadlines.clocks import Deadline
from services.routing.entries.queue_order import OrderKey, OrderReason, order_at, placing, rank_of
from shared.vocabulary import Urgency

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
TARGET = timedelta(days=5)


def clock(due_at: datetime, rule: str = "drug_treatment_offer", **ended: datetime) -> Deadline:
    return Deadline(rule, NOON, due_at, "serviceloven § 101", False, **ended)


@dataclass(frozen=True)
class Waiting:
    urgency: Urgency
    clocks: tuple[Deadline, ...]
    entered_at: datetime
    id: UUID

    @property
    def key(self) -> OrderKey:
        due_at = order_at(self.clocks, self.entered_at, TARGET)
        return OrderKey(rank_of(self.urgency), due_at, self.entered_at, self.id)

    def naive_key(self, now: datetime) -> tuple[bool, bool, datetime, datetime, UUID]:
        """The words of the rule, one by one: acute, then overdue, then by due time, then by arrival."""
        due_at = min((one.due_at for one in self.clocks), default=self.entered_at + TARGET)
        return (self.urgency is not Urgency.ACUTE, due_at >= now, due_at, self.entered_at, self.id)


# Hypothesis takes naive bounds and adds the zone itself.
moments = st.datetimes(
    datetime(2026, 11, 1),  # noqa: DTZ001  - see above
    datetime(2026, 12, 24),  # noqa: DTZ001  - see above
    timezones=st.just(UTC),
)
entries = st.builds(
    Waiting,
    urgency=st.sampled_from(Urgency),
    clocks=st.lists(moments.map(clock), max_size=2).map(tuple),
    entered_at=moments,
    id=st.uuids(version=4),
)


@given(st.lists(entries, max_size=30), moments)
def test_the_static_key_gives_the_order_that_the_rule_says_at_every_moment(
    queue: list[Waiting], now: datetime
) -> None:
    by_key = sorted(queue, key=lambda entry: entry.key)
    assert by_key == sorted(queue, key=lambda entry: entry.naive_key(now))


def test_an_acute_entry_is_taken_before_an_overdue_one() -> None:
    acute = Waiting(Urgency.ACUTE, (), NOON, UUID(int=2))
    overdue = Waiting(Urgency.DAY, (clock(NOON - timedelta(hours=1)),), NOON - timedelta(days=1), UUID(int=1))
    assert acute.key < overdue.key


def test_an_entry_with_no_clock_is_not_overtaken_for_ever_by_those_with_fourteen_days() -> None:
    without = Waiting(Urgency.NORMAL, (), NOON, UUID(int=1))
    later = NOON + timedelta(days=1)
    with_clock = Waiting(Urgency.PROMPT, (clock(later + timedelta(days=14)),), later, UUID(int=2))
    assert without.key < with_clock.key


def test_of_two_clocks_the_one_that_still_counts_and_is_due_first_decides() -> None:
    met = clock(NOON + timedelta(hours=1), met_at=NOON)
    running = clock(NOON + timedelta(days=6), "notification_receipt")
    later = clock(NOON + timedelta(days=14))
    assert order_at((met, later, running), NOON, TARGET) == NOON + timedelta(days=6)


def test_of_two_due_at_the_same_time_the_one_that_came_first_is_first() -> None:
    due = clock(NOON + timedelta(days=1))
    first = Waiting(Urgency.NORMAL, (due,), NOON, UUID(int=9))
    second = Waiting(Urgency.NORMAL, (due,), NOON + timedelta(seconds=1), UUID(int=1))
    assert first.key < second.key


def test_the_reason_says_acute_overdue_due_or_the_queues_own_target() -> None:
    due = NOON + timedelta(hours=2)
    before, after = NOON, NOON + timedelta(hours=3)
    long_after = NOON + TARGET + timedelta(seconds=1)
    assert placing(Urgency.ACUTE, (clock(due),), NOON, TARGET, after).reason is OrderReason.ACUTE
    assert placing(Urgency.DAY, (clock(due),), NOON, TARGET, before).reason is OrderReason.DUE
    assert placing(Urgency.DAY, (clock(due),), NOON, TARGET, after).reason is OrderReason.OVERDUE
    assert placing(Urgency.NORMAL, (), NOON, TARGET, before).reason is OrderReason.TARGET
    assert placing(Urgency.NORMAL, (), NOON, TARGET, long_after).reason is OrderReason.PAST_TARGET


def test_the_reason_names_the_rule_that_is_due_first() -> None:
    soon, late = clock(NOON, "notification_assessment"), clock(NOON + timedelta(days=9))
    place = placing(Urgency.DAY, (late, soon), NOON, TARGET, NOON)
    assert (place.rule, place.due_at) == ("notification_assessment", NOON)
