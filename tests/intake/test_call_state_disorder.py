"""Whatever is permuted, repeated, delayed or cut into batches: the identical calls, in memory and
in storage.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.intake.call_story.fold import SILENCE, calls_of
from services.intake.call_story.state import Call
from services.intake.telephony.canonical import CallEvent, CallEventType, ExchangeRestart
from shared.vocabulary import Role
from tests.bench import Bench
from tests.conftest import StartService
from tests.intake.exchange_model import disordered, exchange, truth_of
from tests.intake.recording import QUEUE_LOG, meanings_of, needs_recording

CHANCE = st.randoms(use_true_random=False)


@given(CHANCE, st.integers(1, 3))
def test_what_truly_happened_is_found_in_any_disorder(chance: Random, calls: int) -> None:
    model = exchange(chance, calls=calls)

    found = calls_of(disordered(model.events, chance))

    assert [truth_of(call) for call in found] == model.truths
    assert found == calls_of(model.events)


@given(CHANCE)
def test_events_that_come_one_by_one_end_in_the_same_calls_whatever_was_derived_meanwhile(
    chance: Random,
) -> None:
    """Also when a reconciler takes the call for lost at any point of the story, on what is known then."""
    model = exchange(chance, calls=chance.randint(1, 2))
    known = list[CallEvent]()
    for number, event in enumerate(disordered(model.events, chance)):
        known.append(event)
        latest = calls_of(known)[-1]
        if latest.gone_at is None and chance.random() < 0.3:
            known.append(_taken_for_lost(latest, number))
            assert calls_of(known)[-1].gone_at is not None

    assert [truth_of(call) for call in calls_of(known)] == model.truths


def _taken_for_lost(call: Call, number: int) -> CallEvent:
    return CallEvent(
        source="model",
        delivery_id=f"silence-{number}",
        call_id="c1",
        type=CallEventType.LOST,
        occurred_at=call.last_event_at,
        cause=SILENCE,
    )


def recorded() -> tuple[dict[str, list[CallEvent]], list[datetime]]:
    """The recorded exchange's events by call, and its restarts."""
    stories, restarts = defaultdict[str, list[CallEvent]](list), list[datetime]()
    for event in meanings_of(QUEUE_LOG.read_bytes()):
        if isinstance(event, ExchangeRestart):
            restarts.append(event.occurred_at)
        elif event is not None:
            stories[event.call_id].append(event)
    return stories, restarts


@needs_recording
@given(CHANCE)
def test_the_recorded_exchange_in_any_disorder_gives_the_identical_calls(chance: Random) -> None:
    stories, restarts = recorded()

    for events in stories.values():
        shuffled = [*restarts, *restarts[:1]]
        chance.shuffle(shuffled)
        assert calls_of(disordered(events, chance), shuffled) == calls_of(events, restarts)


def batches(events: Sequence[CallEvent], chance: Random) -> Iterator[list[CallEvent]]:
    left = list(events)
    while left:
        size = chance.randint(1, 9)
        yield left[:size]
        left = left[size:]


async def send(bench: Bench, events: Sequence[CallEvent]) -> None:
    body = [event.model_dump(mode="json", by_alias=True, exclude_none=True) for event in events]
    answer = await bench.client(Role.TELEPHONY).post("/v1/telephony/events", json=body)
    assert answer.status_code == 202, answer.text


async def stored(bench: Bench) -> dict[tuple[str, int], dict[str, Any]]:
    """The stored calls by their id and occurrence, without what is another in every installation."""
    await bench.settle()
    calls = (await bench.client(Role.RECEPTION).get("/v1/calls?limit=500")).json()["items"]
    return {
        (call["call_id"], call["occurrence"]): {k: v for k, v in call.items() if k != "contact_id"}
        for call in calls
    }


def as_truth(call: dict[str, Any]) -> tuple[list[tuple[str, str, float | None]], datetime | None]:
    visits = [(visit["queue"], visit["outcome"], visit.get("wait_seconds")) for visit in call["visits"]]
    return visits, None if call["gone_at"] is None else datetime.fromisoformat(call["gone_at"])


async def test_storage_has_the_same_calls_whatever_the_batches_and_their_order(
    start_service: StartService,
) -> None:
    """Also where an id comes back, and where calls were derived in between from what was known then."""
    models = [exchange(Random(number), f"c{number}", 1 + number % 3) for number in range(12)]
    everything = [event for one in models for event in one.events]
    found = []
    for seed in (1, 2, 3):
        bench, chance = await start_service("intake"), Random(seed)
        for batch in batches(disordered(everything, chance), chance):
            await send(bench, batch)
            if chance.random() < 0.5:
                await bench.settle()
        found.append(await stored(bench))

    truths = {
        (one.call_id, occurrence): (truth.visits, truth.gone_at)
        for one in models
        for occurrence, truth in enumerate(one.truths, 1)
    }
    assert {name: as_truth(call) for name, call in found[0].items()} == truths
    assert found[1:] == [found[0], found[0]]
