"""What an assessment changes in the duties that a contact has."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.routing.duties.owed import DutyChanges, changes_to
from services.routing.models import DutyRow
from shared.contracts import Clock

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NOTHING = DutyChanges()


def due(days: int) -> datetime:
    return START + timedelta(days=days)


def clock(rule: str, days: int = 5) -> Clock:
    return Clock(rule=rule, starts_at=START, due_at=due(days), legal_basis="lov", paused_when_closed=False)


def row(
    number: int,
    rule: str = "application_debt",
    days: int = 5,
    *,
    act: str | None = None,
    reason: str | None = None,
    started_by: str | None = None,
    renews: int | None = None,
    follows_facts: bool = True,
) -> DutyRow:
    return DutyRow(
        id=UUID(int=number),
        contact_id=UUID(int=0),
        carried_by=UUID(int=0),
        queue="adults",
        unit="adults",
        channel="phone",
        ended_at=due(1) if act or reason else None,
        act=act,
        reason=reason,
        started_by=started_by,
        follows_facts=follows_facts,
        renews=None if renews is None else UUID(int=renews),
        **clock(rule, days).model_dump(),
    )


OWED = clock("application_debt")


def newest(stored: list[DutyRow], *owed: Clock) -> DutyChanges:
    return changes_to(stored, owed, is_newest=True)


def late(stored: list[DutyRow], *owed: Clock) -> DutyChanges:
    return changes_to(stored, owed, is_newest=False)


def test_what_is_owed_starts_and_then_goes_on() -> None:
    assert newest([], OWED) == DutyChanges(start=(OWED,))
    assert newest([row(1)], OWED) == NOTHING


def test_what_is_owed_no_longer_ends() -> None:
    assert newest([row(1), row(2, "file_access")], OWED) == DutyChanges(end=(UUID(int=2),))


def test_a_duty_keeps_its_first_due_time_whatever_a_later_assessment_computes() -> None:
    assert newest([row(1, days=5)], clock("application_debt", 9)) == NOTHING


def test_a_notifications_duties_go_on_whatever_the_facts_are() -> None:
    stored = [row(1, "notification_assessment"), row(2, "notification_receipt")]
    assert newest(stored) == NOTHING


def test_what_a_caseworker_started_or_the_city_set_itself_no_assessment_ends() -> None:
    stored = [
        row(1, "child_assessment", 120, started_by="karen"),
        row(2, "forwarding", follows_facts=False),
        row(3, "unread_mail", follows_facts=False),
    ]
    assert newest(stored) == NOTHING


def test_a_duty_that_ended_by_an_act_is_not_started_again() -> None:
    assert newest([row(1, act="decided")], OWED) == NOTHING
    assert newest([row(1, act="withdrawn", reason="withdrawn")], OWED) == NOTHING


def test_a_duty_that_fell_away_runs_again_as_it_was_when_the_facts_come_back() -> None:
    assert newest([row(1, reason="facts_changed")], OWED) == DutyChanges(resume=(UUID(int=1),))
    assert newest([row(1, reason="superseded")], OWED) == DutyChanges(resume=(UUID(int=1),))


def test_a_duty_with_a_new_date_goes_on_with_it() -> None:
    renewed = [row(1, reason="renewed"), row(2, days=20, renews=1)]
    assert newest(renewed, OWED) == NOTHING
    assert newest(renewed) == DutyChanges(end=(UUID(int=2),))


def test_a_new_date_holds_still_when_the_facts_come_back() -> None:
    rows = [row(1, reason="renewed"), row(2, days=20, reason="facts_changed", renews=1)]
    assert newest(rows, OWED) == DutyChanges(resume=(UUID(int=2),))
    twice = [*rows[:1], row(2, reason="renewed", renews=1), row(3, reason="facts_changed", renews=2)]
    assert newest(twice, OWED) == DutyChanges(resume=(UUID(int=3),))


def test_of_two_old_duties_of_one_rule_the_last_one_runs_again_and_none_once_one_was_done() -> None:
    fell_away = [row(1, reason="superseded"), row(2, days=9, reason="superseded")]
    assert newest(fell_away, OWED) == DutyChanges(resume=(UUID(int=2),))
    assert newest([row(1, act="completed"), row(2, days=9, reason="superseded")], OWED) == NOTHING
    assert newest([row(1), row(2, days=9, reason="superseded")], OWED) == NOTHING


def test_of_two_clocks_of_one_rule_the_first_due_is_owed() -> None:
    first = clock("file_access", 3)
    assert newest([], clock("file_access", 5), first, clock("file_access", 4)) == DutyChanges(start=(first,))


def test_a_late_assessment_adds_what_nobody_knew_and_changes_nothing_else() -> None:
    notified = clock("notification_assessment", 1)
    assert late([row(1)], notified, OWED) == DutyChanges(start=(notified,))
    assert late([], notified, OWED) == DutyChanges(start=(notified,), start_ended=(OWED,))
    assert late([row(1, reason="facts_changed")], OWED) == NOTHING
    assert late([row(1), row(2, "file_access")]) == NOTHING


RULES = st.sampled_from(["a", "b", "notification_assessment"])
OWED_AT_ONCE = st.lists(RULES.map(clock), max_size=3, unique_by=lambda one: one.rule)


def after(stored: list[DutyRow], changes: DutyChanges) -> list[DutyRow]:
    """The duties once the changes are made."""
    made = [
        duty.model_copy(update={"ended_at": due(9), "reason": "facts_changed"})
        if duty.id in changes.end
        else duty.model_copy(update={"ended_at": None, "reason": None})
        if duty.id in changes.resume
        else duty
        for duty in stored
    ]
    made += [row(len(made) + n, one.rule) for n, one in enumerate(changes.start, start=1)]
    return made + [
        row(len(made) + n, one.rule, reason="facts_changed")
        for n, one in enumerate(changes.start_ended, start=1)
    ]


@given(st.lists(OWED_AT_ONCE, min_size=1, max_size=5), st.data())
def test_assessments_in_any_order_and_twice_end_in_the_same_duties(
    assessments: list[list[Clock]], data: st.DataObject
) -> None:
    numbered = list(enumerate(assessments, start=1))
    order = data.draw(st.permutations(numbered + numbered))
    assert _life(order) == _life(numbered)


def _life(order: list[tuple[int, list[Clock]]]) -> set[tuple[str, bool]]:
    stored: list[DutyRow] = []
    highest = 0
    for number, owed in order:
        stored = after(stored, changes_to(stored, owed, is_newest=number > highest))
        highest = max(highest, number)
    assert len({duty.rule for duty in stored}) == len(stored)
    return {(duty.rule, duty.ended_at is None) for duty in stored}
