"""Recorded calls sent to intake's telephony endpoint: derived as recorded, whatever the disorder."""

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from exchange_follower.log_import import LinesRefusedError
from research_calls.calls_file import CallsFile, Disorder, deliveries
from research_calls.comparing import Derived, compare, derived_calls, import_calls
from services.intake.call_story.fold import calls_of
from services.intake.call_story.state import Call
from services.intake.models import CallDelivery
from services.intake.telephony.canonical import CallEvent
from shared.database import table_of
from shared.vocabulary import Role
from tests.bench import Bench
from tests.conftest import StartService
from tests.intake.recording import PHONE_CALLS, needs_phone_calls
from tests.research_calls.test_calls_file import calls_csv, rows

DELIVERIES = table_of(CallDelivery)
DISORDER = Disorder(shuffle_seconds=3600, doubled=0.05, seed=7)
OTHERWISE = replace(DISORDER, seed=8)


async def derived_from(bench: Bench, calls: CallsFile, disorder: Disorder) -> tuple[dict[str, Derived], str]:
    await import_calls(bench.client(Role.TELEPHONY), calls, "csv-test", disorder)
    await bench.settle()
    return await derived_calls(bench.client(Role.RECEPTION), "csv-test")


async def test_every_call_is_derived_as_recorded_and_a_second_import_changes_nothing(
    intake: Bench, tmp_path: Path
) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(40)))
    client = intake.client(Role.TELEPHONY)
    sizes = list[int]()
    first = await import_calls(client, calls, "csv-test", DISORDER, progress=sizes.append)
    await intake.settle()
    derived, digest = await derived_calls(intake.client(Role.RECEPTION), "csv-test")
    second = await import_calls(client, calls, "csv-test", OTHERWISE)

    assert (first.new, first.deliveries) == (160, 160 + first.duplicates)
    assert sum(sizes) == first.deliveries
    assert second.new == 0
    assert await intake.count(DELIVERIES) == 160
    found = compare(calls, derived, digest)
    assert (found.consistent, found.equal, found.differing) == (40, 40, [])
    assert await derived_calls(intake.client(Role.RECEPTION), "csv-test") == (derived, digest)


async def test_calls_of_other_exchanges_are_left_out(intake: Bench, tmp_path: Path) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(3)))
    await derived_from(intake, calls, DISORDER)
    await import_calls(intake.client(Role.TELEPHONY), calls, "csv-other", DISORDER)
    await intake.settle()

    assert len((await derived_calls(intake.client(Role.RECEPTION), "csv-test"))[0]) == 3


def test_a_call_that_was_derived_otherwise_is_named_and_a_flawed_one_is_counted(tmp_path: Path) -> None:
    recorded = rows(3)
    recorded[0]["outcome"] = "phantom"
    calls = CallsFile(calls_csv(tmp_path, recorded))

    found = compare(calls, {"0": Derived("answered", 50), "1": Derived("answered", 49)})
    twice = compare(calls, {"0": Derived("answered", 50, 2), "1": Derived("answered", 50)})

    assert (found.consistent, found.equal, found.differing) == (2, 1, ["1"])
    assert (found.flaws, found.flawed_and_differing) == (Counter(phantom=1), Counter(phantom=1))
    assert twice.differing == ["0"]


async def test_who_may_not_report_calls_may_not_import_them(intake: Bench, tmp_path: Path) -> None:
    calls = CallsFile(calls_csv(tmp_path, rows(1)))

    with pytest.raises(LinesRefusedError, match="403"):
        await import_calls(intake.client(Role.RECEPTION), calls, "csv-test", DISORDER)
    assert await intake.count(DELIVERIES) == 0


@needs_phone_calls
@pytest.mark.slow
async def test_1500_calls_of_a_real_call_centre_are_derived_as_recorded_over_http(
    start_service: StartService,
) -> None:
    """In two disorders: not one consistent call differs, nor anything between the two."""
    calls = CallsFile(PHONE_CALLS, limit=1500)
    derived, digest = await derived_from(await start_service("intake"), calls, DISORDER)
    other, other_digest = await derived_from(await start_service("intake"), calls, OTHERWISE)

    found = compare(calls, derived)
    assert found.differing == []
    assert found.equal == found.consistent == 1460
    assert (other, other_digest) == (derived, digest)


@needs_phone_calls
@pytest.mark.slow
def test_all_135780_calls_of_a_real_call_centre_are_derived_as_recorded() -> None:
    """Without web and storage: waits and outcomes of every consistent call; the others by kind."""
    calls = CallsFile(PHONE_CALLS)
    folded, otherwise = (folded_in(calls, disorder) for disorder in (DISORDER, OTHERWISE))

    assert folded == otherwise
    found = compare(calls, {call: _derived(derived) for call, derived in folded.items()})
    assert (len(calls), calls.unreadable, found.differing) == (135_780, 0, [])
    assert found.equal == found.consistent == 132_672
    assert found.flaws == {
        "phantom": 1230,
        "talk_before_queue_exit": 1141,
        "answered_without_talk": 494,
        "hung_up_with_talk": 372,
        "queued_before_entry": 123,
        "talk_after_queue_exit": 62,
        "talk_before_entry": 1,
        "wait_without_queue": 1,
    }
    doubts = Counter(
        doubt for derived in folded.values() for call in derived for doubt in call.inconsistencies
    )
    assert (doubts["never_queued"], doubts["talk_before_queue_exit"]) == (7536, 1080)


def folded_in(calls: CallsFile, disorder: Disorder) -> dict[str, list[Call]]:
    """All calls of the file, folded from its events as they arrive in this disorder."""
    events_of_call = defaultdict[str, list[CallEvent]](list)
    for event in deliveries(calls, "csv-test", disorder):
        events_of_call[event.call_id].append(event)
    return {call_id: calls_of(events) for call_id, events in events_of_call.items()}


def _derived(calls: list[Call]) -> Derived:
    waits = [visit.wait_seconds or 0 for call in calls for visit in call.visits]
    return Derived(calls[-1].outcome, sum(waits), len(calls))
