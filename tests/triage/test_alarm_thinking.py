"""What raises an alarm follows from the set of a citizen's contacts, whatever the order, and by what people
have seen.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.triage.alarms.repeats import CitizenContact, Subject, open_alarms
from services.triage.alarms.thresholds import AlarmKind, Thresholds, read_thresholds
from shared.vocabulary import Need

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CHILD = Subject(AlarmKind.CHILD_CONCERN, Need.CHILD_CONCERN)
DEBT = Subject(AlarmKind.SAME_NEED, Need.DEBT)
THRESHOLDS = read_thresholds()


def contact(number: int, day: float, *needs: Need, notification: bool = False) -> CitizenContact:
    return CitizenContact(UUID(int=number), START + timedelta(days=day), frozenset(needs), notification)


def notification(number: int, day: float) -> CitizenContact:
    return contact(number, day, Need.CHILD_CONCERN, notification=True)


def ids(*numbers: int) -> tuple[UUID, ...]:
    return tuple(UUID(int=number) for number in numbers)


def test_one_notification_alarms_nobody_and_the_second_within_ninety_days_does() -> None:
    first = notification(1, 0)
    assert open_alarms([first], {}, THRESHOLDS) == {}
    assert open_alarms([first, notification(2, 90)], {}, THRESHOLDS)[CHILD].contacts == ids(1, 2)
    assert open_alarms([first, notification(2, 90.01)], {}, THRESHOLDS) == {}


def test_eleven_notifications_are_one_alarm_that_holds_them_all() -> None:
    found = open_alarms([notification(number, number * 60) for number in range(11)], {}, THRESHOLDS)
    assert found[CHILD].contacts == ids(*range(11))
    assert len(found) == 1


def test_a_concern_for_a_child_beside_the_citizen_counts_and_is_not_counted_again_as_a_need() -> None:
    beside = contact(1, 0, Need.DEBT, notification=True)
    found = open_alarms([beside, notification(2, 5)], {}, THRESHOLDS)
    assert set(found) == {CHILD}


def test_the_same_need_alarms_from_the_third_contact_and_other_needs_stand_apart() -> None:
    contacts = [contact(1, 0, Need.DEBT), contact(2, 10, Need.DEBT, Need.LONELINESS)]
    assert open_alarms(contacts, {}, THRESHOLDS) == {}
    found = open_alarms([*contacts, contact(3, 30, Need.DEBT)], {}, THRESHOLDS)
    assert {subject: alarm.contacts for subject, alarm in found.items()} == {DEBT: ids(1, 2, 3)}


def test_needs_that_come_often_without_anything_being_wrong_raise_no_alarm() -> None:
    assert open_alarms([contact(n, n, Need.ADVICE) for n in range(9)], {}, THRESHOLDS) == {}


def test_a_seen_alarm_is_quiet_until_one_more_comes_and_then_shows_all_of_them() -> None:
    seen = {CHILD: frozenset(ids(1, 2))}
    contacts = [notification(1, 0), notification(2, 10)]
    assert open_alarms(contacts, seen, THRESHOLDS) == {}
    again = open_alarms([*contacts, notification(3, 50)], seen, THRESHOLDS)[CHILD]
    assert (again.contacts, again.unseen) == (ids(1, 2, 3), frozenset(ids(3)))
    assert open_alarms([*contacts, notification(3, 300)], seen, THRESHOLDS) == {}


def test_a_contact_is_judged_by_the_threshold_of_its_own_day() -> None:
    dated = Thresholds.model_validate(
        {
            "thresholds": [
                {
                    "kind": "same_need",
                    "contacts": 3,
                    "days": 10,
                    "valid_from": "2026-01-01",
                    "valid_to": "2026-01-31",
                },
                {"kind": "same_need", "contacts": 2, "days": 100, "valid_from": "2026-02-01"},
            ]
        }
    )
    january = [contact(1, 0, Need.DEBT), contact(2, 1, Need.DEBT)]
    assert open_alarms(january, {}, dated) == {}
    found = open_alarms([*january, contact(3, 40, Need.DEBT)], {}, dated)
    assert found[DEBT].contacts == ids(1, 2, 3)
    assert dated.of(AlarmKind.CHILD_CONCERN, Need.CHILD_CONCERN, START) is None


A_SIGHTING = st.builds(
    contact,
    st.integers(0, 30),
    st.integers(0, 400),
    st.sampled_from([Need.DEBT, Need.CHILD_CONCERN, Need.ADVICE]),
    notification=st.booleans(),
)


@given(st.lists(A_SIGHTING, max_size=15, unique_by=lambda one: one.contact_id), st.data())
def test_order_and_doubles_never_matter(contacts: list[CitizenContact], data: st.DataObject) -> None:
    repeated = data.draw(st.permutations([*contacts, *contacts[:4]]))
    assert open_alarms(repeated, {}, THRESHOLDS) == open_alarms(contacts, {}, THRESHOLDS)


@given(st.lists(A_SIGHTING, max_size=15, unique_by=lambda one: one.contact_id), A_SIGHTING)
def test_one_contact_more_never_silences_an_alarm(
    contacts: list[CitizenContact], more: CitizenContact
) -> None:
    without = [one for one in contacts if one.contact_id != more.contact_id]
    before = open_alarms(without, {}, THRESHOLDS)
    after = open_alarms([*without, more], {}, THRESHOLDS)
    for subject, alarm in before.items():
        assert set(alarm.contacts) <= set(after[subject].contacts)


@given(st.lists(A_SIGHTING, max_size=15, unique_by=lambda one: one.contact_id))
def test_the_contacts_of_an_alarm_are_exactly_those_in_a_stretch_of_enough(
    contacts: list[CitizenContact],
) -> None:
    """By the definition itself, without the merging of stretches."""
    notifications = [one for one in contacts if one.notification]
    within = timedelta(days=90)
    expected = {
        one.contact_id
        for one in notifications
        if any(
            other.contact_id != one.contact_id and abs(other.received_at - one.received_at) <= within
            for other in notifications
        )
    }
    alarm = open_alarms(contacts, {}, THRESHOLDS).get(CHILD)
    assert expected == (set() if alarm is None else set(alarm.contacts))


@given(st.lists(A_SIGHTING, max_size=15, unique_by=lambda one: one.contact_id))
def test_what_was_acknowledged_as_a_whole_is_quiet(contacts: list[CitizenContact]) -> None:
    found = open_alarms(contacts, {}, THRESHOLDS)
    seen = {subject: frozenset(alarm.contacts) for subject, alarm in found.items()}
    assert open_alarms(contacts, seen, THRESHOLDS) == {}


ONE: dict[str, Any] = {"kind": "same_need", "contacts": 3, "days": 30, "valid_from": date(2025, 1, 1)}


@pytest.mark.parametrize(
    "thresholds",
    [
        [ONE, ONE],
        [{**ONE, "valid_to": date(2025, 6, 1)}, {**ONE, "valid_from": date(2025, 6, 1)}],
        [{**ONE, "valid_to": date(2024, 1, 1)}],
        [{**ONE, "contacts": 1}],
        [{**ONE, "kind": "rain"}],
        [{**ONE, "except_needs": ["rain"]}],
    ],
)
def test_thresholds_that_contradict_each_other_or_name_what_is_not_there_are_refused(
    thresholds: list[dict[str, Any]],
) -> None:
    with pytest.raises(ValidationError):
        Thresholds.model_validate({"thresholds": thresholds})


def test_the_citys_own_file_takes_the_place_of_the_example(tmp_path: Path) -> None:
    own = tmp_path / "alarms.yaml"
    own.write_text("thresholds: [{kind: child_concern, contacts: 5, days: 7, valid_from: 2025-01-01}]")
    assert [one.contacts for one in read_thresholds(own).thresholds] == [5]
