"""Which entry is taken first: the key made with the entry gives the order that the rule says, and so does
SQL.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from services.routing.board.repository import next_tickets
from services.routing.entries.queue_order import (
    NO_SHOWS_FORGIVEN,
    OrderKey,
    OrderReason,
    key_of,
    moved_back,
    order_at,
    placing,
    rank_of,
)
from services.routing.entries.repository import (
    claim_next,
    count_ahead,
    entries_in_order,
    places_in_line,
)
from services.routing.models import EntryRow
from services.routing.repository import ENTRIES
from services.routing.states import EntryStatus
from shared.vocabulary import Unit, Urgency
from tests.bench import Bench
from tests.routing.events import StoredDeadline

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
TARGET = timedelta(days=5)


def clock(due_at: datetime, rule: str = "drug_treatment", ended_at: datetime | None = None) -> StoredDeadline:
    return StoredDeadline(rule, due_at, False, ended_at, ended_at is not None)


@dataclass(frozen=True)
class Waiting:
    urgency: Urgency
    clocks: tuple[StoredDeadline, ...]
    entered_at: datetime
    id: UUID

    @property
    def key(self) -> OrderKey:
        due_at = order_at(self.clocks, self.entered_at, TARGET)
        return OrderKey(rank_of(self.urgency), due_at, self.entered_at, self.id)

    def naive_key(self, now: datetime) -> tuple[bool, bool, datetime, datetime, UUID]:
        """The words of the rule, one by one: acute, then overdue, then by due time, then by arrival."""
        due_at = min([self.entered_at + TARGET, *(one.due_at for one in self.clocks)])
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


#: Few moments, some a microsecond apart, so that generated entries often share one: there the next column of
#: the key decides.
close_moments = st.tuples(st.integers(0, 2), st.sampled_from((0, 1))).map(
    lambda offset: NOON + timedelta(hours=offset[0], microseconds=offset[1])
)
waiting_entries = st.lists(
    st.builds(
        Waiting,
        urgency=st.sampled_from((Urgency.ACUTE, Urgency.DAY, Urgency.NORMAL)),
        clocks=st.lists(close_moments.map(clock), max_size=2).map(tuple),
        entered_at=close_moments,
        id=st.uuids(version=4),
    ),
    min_size=2,
    max_size=9,
    unique_by=lambda entry: entry.id,
)


def stored(entry: Waiting, number: int) -> EntryRow:
    return EntryRow(
        id=entry.id,
        contact_id=UUID(int=number),
        reference="7F3K9QTX",
        channel="walk_in",
        queue=Unit.YOUTH,
        ticket=f"A{number}",
        urgency=entry.urgency,
        status=EntryStatus.WAITING,
        rank=entry.key.rank,
        order_at=entry.key.order_at,
        received_at=entry.entered_at,
        entered_at=entry.entered_at,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(waiting_entries)
async def test_sql_takes_lists_and_counts_in_the_order_of_the_key(
    routing: Bench, waiting: list[Waiting]
) -> None:
    rows = [stored(entry, number) for number, entry in enumerate(waiting)]
    in_order = sorted(rows, key=key_of)
    ids = [row.id for row in in_order]
    database = routing.app.state.database
    async with database.writing() as session:
        await session.execute(delete(ENTRIES))
        await session.execute(insert(ENTRIES), [row.model_dump() for row in rows])

    async with database.reading() as session:
        places = await places_in_line(session, Unit.YOUTH, ids)
        assert places == {id_: place for place, id_ in enumerate(ids, start=1)}
        assert [row.id for row in await next_tickets(session, 9)] == ids
        after = None
        for place, row in enumerate(in_order):
            assert await count_ahead(session, row) == place
            rest = await entries_in_order(session, Unit.YOUTH, (EntryStatus.WAITING,), after, 9)
            assert [one.id for one in rest] == ids[place:]
            after = row

    async with database.writing() as session:
        taken = [await claim_next(session, Unit.YOUTH, "alma", NOON) for _ in range(len(ids) + 1)]
    assert [None if one is None else one.id for one in taken] == [*ids, None]


def test_an_acute_entry_is_taken_before_an_overdue_one() -> None:
    acute = Waiting(Urgency.ACUTE, (), NOON, UUID(int=2))
    overdue = Waiting(Urgency.DAY, (clock(NOON - timedelta(hours=1)),), NOON - timedelta(days=1), UUID(int=1))
    assert acute.key < overdue.key


def test_an_entry_with_no_clock_is_not_overtaken_for_ever_by_those_with_fourteen_days() -> None:
    without = Waiting(Urgency.NORMAL, (), NOON, UUID(int=1))
    later = NOON + timedelta(days=1)
    with_clock = Waiting(Urgency.PROMPT, (clock(later + timedelta(days=14)),), later, UUID(int=2))
    assert without.key < with_clock.key


def test_of_two_duties_the_one_that_runs_and_is_due_first_decides() -> None:
    met = clock(NOON + timedelta(hours=1), ended_at=NOON)
    running = clock(NOON + timedelta(days=4), "notification_receipt")
    later = clock(NOON + timedelta(days=4, hours=1))
    assert order_at((met, later, running), NOON, TARGET) == NOON + timedelta(days=4)


def test_the_queues_own_target_decides_where_it_comes_before_every_deadline() -> None:
    later = clock(NOON + timedelta(days=14))
    assert order_at((later,), NOON, TARGET) == NOON + TARGET
    place = placing(Urgency.PROMPT, (later,), NOON, TARGET, NOON)
    assert (place.reason, place.rule, place.has_deadline) == (OrderReason.TARGET, None, True)
    after = placing(Urgency.PROMPT, (later,), NOON, TARGET, NOON + TARGET + timedelta(seconds=1))
    assert (after.reason, after.rule, after.has_deadline) == (OrderReason.PAST_TARGET, None, True)
    assert not placing(Urgency.NORMAL, (), NOON, TARGET, NOON).has_deadline


@given(st.lists(moments.map(clock), max_size=4), moments, moments)
def test_no_deadline_that_is_added_makes_anybody_wait_longer(
    duties: list[StoredDeadline], added: datetime, entered_at: datetime
) -> None:
    before = order_at(duties, entered_at, TARGET)
    assert order_at([*duties, clock(added)], entered_at, TARGET) <= before


def test_a_deadline_and_a_target_at_the_same_moment_are_called_a_deadline() -> None:
    place = placing(Urgency.NORMAL, (clock(NOON + TARGET),), NOON, TARGET, NOON)
    assert (place.reason, place.rule) == (OrderReason.DUE, "drug_treatment")


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


def test_an_entry_is_not_late_at_the_very_moment_it_is_due() -> None:
    tick = timedelta(microseconds=1)
    assert placing(Urgency.DAY, (clock(NOON),), NOON, TARGET, NOON).reason is OrderReason.DUE
    assert placing(Urgency.DAY, (clock(NOON),), NOON, TARGET, NOON + tick).reason is OrderReason.OVERDUE
    assert placing(Urgency.NORMAL, (), NOON, TARGET, NOON + TARGET).reason is OrderReason.TARGET


def test_who_did_not_come_is_called_just_after_the_next_three() -> None:
    behind = [NOON + timedelta(minutes=minute) for minute in (40, 10, 30, 20)]
    just_after = timedelta(microseconds=1)
    assert moved_back(NOON, behind) == NOON + timedelta(minutes=30) + just_after
    assert moved_back(NOON, behind[:1]) == NOON + timedelta(minutes=40) + just_after
    assert moved_back(NOON, []) == NOON


def test_who_did_not_come_is_never_moved_ahead() -> None:
    late = NOON + timedelta(hours=1)
    assert moved_back(late, [NOON, NOON, NOON]) == late


def test_the_third_time_somebody_does_not_come_ends_it() -> None:
    assert NO_SHOWS_FORGIVEN == 2


def test_ranks_are_as_they_are_stored() -> None:
    assert (rank_of(Urgency.ACUTE), rank_of(Urgency.DAY), rank_of(Urgency.NORMAL)) == (0, 1, 1)
