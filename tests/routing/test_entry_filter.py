"""Filters of a queue: one's own, the urgent, the late, one deadline's, one channel's, one
reference.
"""

from datetime import timedelta

import httpx
import pytest

from shared.ids import new_id, reference_of, show_reference
from shared.vocabulary import Channel, Role, Unit, Urgency
from tests.bench import Bench
from tests.routing.events import NOW, ago, assessment_clock, clock, triaged

ENTRIES = "/v1/queues/children-amager/entries"
#: What is in the queue, by what is particular about each, in the order in which they are taken.
OVERDUE, SOON, PAST_TARGET, LETTER = (new_id() for _ in range(4))
ALL = [OVERDUE, SOON, PAST_TARGET, LETTER]


@pytest.fixture
async def dorte(routing: Bench) -> httpx.AsyncClient:
    """Dorte is a caseworker for the children of Amager, where four entries lie."""
    await routing.deliver(
        triaged(OVERDUE, Unit.CHILDREN_AMAGER, urgency=Urgency.DAY, clocks=[assessment_clock(ago(hours=25))]),
        triaged(SOON, Unit.CHILDREN_AMAGER, clocks=[clock("file_access", NOW, NOW + timedelta(minutes=1))]),
        triaged(PAST_TARGET, Unit.CHILDREN_AMAGER, at=ago(days=40)),
        triaged(LETTER, Unit.CHILDREN_AMAGER, channel=Channel.WRITTEN),
    )
    return routing.client(Role.CASEWORKER, units=["children-amager"], subject="dorte")


async def found(client: httpx.AsyncClient, **filters: str) -> dict[str, int | None]:
    """The contacts that answer, with their places in the whole line."""
    answer = await client.get(ENTRIES, params={"status": "open", **filters})
    assert answer.status_code == 200, answer.text
    return {one["contact_id"]: one["position"] for one in answer.json()["items"]}


async def test_without_a_filter_everything_is_there(dorte: httpx.AsyncClient) -> None:
    assert set(await found(dorte)) == {str(one) for one in ALL}


async def test_the_late_are_past_a_deadline_or_past_the_queues_target(
    dorte: httpx.AsyncClient,
) -> None:
    assert set(await found(dorte, late="true")) == {str(OVERDUE), str(PAST_TARGET)}


async def test_a_deadline_that_was_met_no_longer_makes_an_entry_late(dorte: httpx.AsyncClient) -> None:
    (entry,) = (await dorte.get(ENTRIES, params={"rule": "notification_assessment"})).json()["items"]
    await dorte.post(f"/v1/entries/{entry['id']}/take")
    act = {"act": "assessed", "acute_help_needed": False, "reason": "Barnet er i sikkerhed"}
    written = await dorte.post(f"/v1/duties/{entry['clocks'][0]['id']}/acts", json=act)
    assert written.status_code == 200, written.text
    assert await found(dorte, rule="notification_assessment") == {}
    assert set(await found(dorte, late="true")) == {str(PAST_TARGET)}


async def test_urgency_channel_and_deadline_can_be_filtered_by_and_all_must_fit(
    dorte: httpx.AsyncClient,
) -> None:
    assert set(await found(dorte, urgency="day")) == {str(OVERDUE)}
    assert set(await found(dorte, channel="written")) == {str(LETTER)}
    assert set(await found(dorte, rule="file_access")) == {str(SOON)}
    assert await found(dorte, urgency="day", channel="written") == {}


async def test_a_part_of_a_reference_is_found_as_people_type_it(dorte: httpx.AsyncClient) -> None:
    typed = show_reference(reference_of(LETTER))[2:7].lower()
    assert str(LETTER) in await found(dorte, reference=typed)


async def test_ones_own_are_what_one_has_taken_oneself(routing: Bench, dorte: httpx.AsyncClient) -> None:
    taken = (await dorte.post("/v1/queues/children-amager/next")).json()["contact_id"]
    assert set(await found(dorte, mine="true")) == {taken}
    emil = routing.client(Role.CASEWORKER, units=["children-amager"], subject="emil")
    assert await found(emil, mine="true") == {}


async def test_the_place_is_the_one_in_the_whole_line(dorte: httpx.AsyncClient) -> None:
    whole = await found(dorte)
    assert await found(dorte, channel="written") == {str(LETTER): whole[str(LETTER)]}
    assert sorted(place for place in whole.values() if place) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "filters",
    [{"urgency": "soonish"}, {"channel": "fax"}, {"rule": "x'; --"}, {"reference": "%"}, {"late": "maybe"}],
)
async def test_a_filter_with_a_wrong_value_is_refused(
    dorte: httpx.AsyncClient, filters: dict[str, str]
) -> None:
    answer = await dorte.get(ENTRIES, params=filters)
    assert answer.status_code == 422
