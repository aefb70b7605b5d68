"""A file of recorded calls, and the disorder in which its events are delivered."""

import csv
import gzip
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from research_calls.calls_file import CallsFile, Disorder, NotACallsFileError, deliveries
from tests.research_calls.test_recorded_calls import ANSWERED


def rows(count: int) -> list[dict[str, str]]:
    """Calls a minute apart, the latest first."""
    return [
        {
            **ANSWERED,
            "call": str(number),
            "entered_at": f"1999-01-04 {8 + number // 60:02}:{number % 60:02}:00",
            "queued_at": f"1999-01-04 {8 + number // 60:02}:{number % 60:02}:06",
            "talk_started_at": f"1999-01-04 {8 + number // 60:02}:{number % 60:02}:56",
        }
        for number in reversed(range(count))
    ]


def calls_csv(folder: Path, rows_: list[dict[str, str]], more: str = "") -> Path:
    file = folder / "phone-calls.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(ANSWERED))
        writer.writeheader()
        writer.writerows(rows_)
        out.write(more)
    return file


def test_calls_are_read_in_the_order_of_time_whatever_their_order_in_the_file(tmp_path: Path) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(90)))

    assert [call.call for call in calls] == [str(number) for number in range(90)]
    assert [call.call for call in CallsFile(tmp_path / "phone-calls.csv", limit=2)] == ["0", "1"]


def test_a_zipped_file_is_the_same_file(tmp_path: Path) -> None:
    plain = calls_csv(tmp_path, rows(3))
    zipped = tmp_path / "calls"
    zipped.write_bytes(gzip.compress(plain.read_bytes()))

    assert list(CallsFile(zipped)) == list(CallsFile(plain))


def test_rows_that_are_no_calls_are_counted_and_passed_over(tmp_path: Path) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(3), "4,what is this\n\n\x00,,\n"))

    assert (len(calls), calls.unreadable) == (3, 3)


@pytest.mark.parametrize("text", ["", "call,when\n1,2\n", "\xff\xfe nothing"])
def test_a_file_without_the_columns_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.csv"
    file.write_text(text, encoding="latin-1")

    with pytest.raises(NotACallsFileError):
        CallsFile(file)


def test_without_disorder_events_arrive_once_each_and_in_order(tmp_path: Path) -> None:
    arrived = list(deliveries(CallsFile(calls_csv(tmp_path, rows(30))), "csv-test", Disorder()))

    assert len(arrived) == len({event.delivery_id for event in arrived}) == 120
    assert arrived == sorted(arrived, key=lambda event: event.occurred_at)


def test_shuffled_events_are_overtaken_within_the_time_and_never_beyond_it(tmp_path: Path) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(300)))
    arrived = list(deliveries(calls, "csv-test", Disorder(shuffle_seconds=600, seed=7)))

    latest = arrived[0].occurred_at
    overtaken = timedelta(0)
    for event in arrived:
        latest = max(latest, event.occurred_at)
        overtaken = max(overtaken, latest - event.occurred_at)
    assert timedelta(minutes=5) < overtaken <= timedelta(seconds=600)
    assert len(arrived) == 1200


def test_as_many_events_are_doubled_as_requested(tmp_path: Path) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(500)))
    ids = Counter(event.delivery_id for event in deliveries(calls, "csv-test", Disorder(60, 0.05, 7)))

    assert (len(ids), set(ids.values())) == (2000, {1, 2})
    assert 60 < sum(ids.values()) - len(ids) < 140


def test_the_same_seed_is_the_same_disorder_and_another_is_another(tmp_path: Path) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(20)))

    def ids_in_order(seed: int) -> list[str]:
        disorder = Disorder(3600, 0.05, seed)
        return [event.delivery_id for event in deliveries(calls, "csv-test", disorder)]

    assert ids_in_order(7) == ids_in_order(7)
    assert ids_in_order(7) != ids_in_order(8)
    assert set(ids_in_order(7)) == set(ids_in_order(8))
