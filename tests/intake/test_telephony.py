"""What exchanges report becomes calls, and each call one contact."""

import base64
import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from services.intake.calls.repository import CALLS
from services.intake.contacts.repository import CONTACTS
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.webhooks.forms import forms_of
from shared.contracts import EntryTaken
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_contacts import FACTS


def call_event(second: int, kind: str, queue: str = "socialservice", **more: Any) -> dict[str, Any]:
    names = {"source": "pbx", "delivery_id": f"{second}-{kind}-{queue}", "call_id": "call-1"}
    return {**names, "type": kind, "queue": queue, "occurred_at": f"2026-03-10T09:00:{second:02}Z", **more}


RINGS_IN = call_event(0, "queued", **{"from": "4520000001"})
ANSWERED = call_event(5, "answered", agent="Anna", reported_wait_seconds=4)
HANGS_UP = call_event(3, "abandoned")


async def report(bench: Bench, *events: dict[str, Any]) -> dict[str, Any]:
    """Send events at the moment of the last of them, and let them be interpreted."""
    latest = max(datetime.fromisoformat(event["occurred_at"]) for event in events)
    bench.clock.set(max(bench.clock.now(), latest))
    answer = await bench.client(Role.TELEPHONY).post("/v1/telephony/events", json=list(events))
    assert answer.status_code == 202, answer.text
    await bench.settle()
    receipt: dict[str, Any] = answer.json()
    return receipt


async def the_call(bench: Bench, call_id: str = "call-1") -> dict[str, Any]:
    call: dict[str, Any] = (await bench.client(Role.RECEPTION).get(f"/v1/calls/{call_id}")).json()
    return call


async def its_contact(bench: Bench) -> dict[str, Any]:
    contact_id = (await the_call(bench))["contact_id"]
    contact: dict[str, Any] = (await bench.client(Role.RECEPTION).get(f"/v1/contacts/{contact_id}")).json()
    return contact


async def test_a_caller_in_the_queue_is_a_contact_that_waits(intake: Bench) -> None:
    receipt = await report(intake, RINGS_IN)
    contact = await its_contact(intake)

    assert (receipt["received"], receipt["new"], receipt["duplicates"]) == (1, 1, 0)
    assert (contact["status"], contact["channel"], contact["line"]) == ("waiting", "phone", "hovednummer")
    assert contact["received_at"] == "2026-03-10T09:00:00Z"
    assert contact["contact_person"]["phone"] == "+4520000001"
    (event,) = await intake.published()
    assert event["visits"] == [
        {
            "position": 1,
            "queue": "reception-phone",
            "origin": "socialservice",
            "entered_at": "2026-03-10T09:00:00Z",
            "outcome": "waiting",
        }
    ]


async def test_an_answered_call_opens_its_contact_and_stays_open_after_the_talk(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    await report(intake, ANSWERED)
    await report(intake, call_event(50, "ended", reported_talk_seconds=44))

    call = await the_call(intake)
    assert (call["outcome"], call["caller"], call["gone_at"]) == (
        "answered",
        "+4520000001",
        "2026-03-10T09:00:50Z",
    )
    assert (call["visits"][0]["wait_seconds"], call["visits"][0]["reported_wait_seconds"]) == (5, 4)
    assert (call["talks"][0]["talk_seconds"], call["talks"][0]["reported_talk_seconds"]) == (45, 44)
    assert (await its_contact(intake))["status"] == "open"
    assert [event["version"] for event in await intake.published("contact.waiting")] == [1, 2]
    assert (await intake.published("contact.waiting"))[1]["visits"][0]["agent"] == "Anna"


async def test_a_caller_who_gave_up_closes_the_contact(intake: Bench) -> None:
    await report(intake, RINGS_IN, HANGS_UP)
    contact = await its_contact(intake)

    assert (contact["status"], contact["outcome"]) == ("closed", "abandoned")
    assert contact["closed_at"] == "2026-03-10T09:00:03Z"
    events = await intake.published()
    assert [(event["type"], event["version"]) for event in events] == [
        ("contact.waiting", 1),
        ("contact.closed", 2),
    ]


async def test_a_late_answer_takes_back_that_the_caller_was_taken_for_gone(intake: Bench) -> None:
    await report(intake, RINGS_IN, call_event(9, "ended"))
    assert (await its_contact(intake))["outcome"] == "abandoned"
    await report(intake, ANSWERED)

    contact = await its_contact(intake)
    assert (contact["status"], contact["outcome"], contact["closed_at"]) == ("open", None, None)
    assert [event["version"] for event in await intake.published()] == [1, 2, 3]


async def test_late_repeated_and_reordered_deliveries_give_the_same_call(intake: Bench) -> None:
    story = [
        RINGS_IN,
        call_event(6, "overflowed"),
        call_event(6, "queued", "rotate"),
        call_event(7, "answered", "rotate"),
    ]
    calls = []
    for number, order in enumerate(list(permutations(story))[::5]):
        renamed = [
            {**event, "call_id": f"call-{number}", "delivery_id": f"{number}-{event['delivery_id']}"}
            for event in order
        ]
        for event in renamed:
            await report(intake, event, event)
        assert (await report(intake, *renamed))["duplicates"] == 4
        calls.append(await the_call(intake, f"call-{number}"))

    assert [(v["queue"], v["outcome"], v["wait_seconds"]) for v in calls[0]["visits"]] == [
        ("socialservice", "overflowed", 6),
        ("rotate", "answered", 1),
    ]
    for call in calls[1:]:
        assert (call["visits"], call["talks"], call["outcome"]) == (
            calls[0]["visits"],
            calls[0]["talks"],
            "answered",
        )


async def test_a_delivery_sent_again_is_stored_once_for_ever_and_publishes_nothing(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    again = await report(intake, {**RINGS_IN, "type": "abandoned"})

    assert (again["new"], again["duplicates"]) == (0, 1)
    assert (await the_call(intake))["outcome"] == "waiting"
    assert len(await intake.published()) == 1


async def test_a_queue_that_is_not_configured_belongs_to_the_main_line(intake: Bench) -> None:
    await report(intake, call_event(0, "queued", "nobody"))

    (event,) = await intake.published()
    assert (event["line"], event["visits"][0]["queue"], event["visits"][0]["origin"]) == (
        "hovednummer",
        "reception-phone",
        "nobody",
    )


async def test_what_a_person_did_is_never_taken_back_by_the_call(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    contact = await its_contact(intake)
    client = intake.client(Role.RECEPTION)
    place = f"/v1/contacts/{contact['id']}"
    await client.put(f"{place}/facts", json=FACTS, headers={"If-Match": f'"{contact["edition"]}"'})
    await report(intake, HANGS_UP)

    assert (await its_contact(intake))["status"] == "registered"
    assert not await intake.published("contact.closed")


async def test_a_contact_that_somebody_took_is_not_closed_by_its_call(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    contact = await its_contact(intake)
    await intake.deliver(
        EntryTaken(
            id=new_id(),
            occurred_at=intake.clock.now(),
            contact_id=contact["id"],
            entry_id=new_id(),
            queue="reception-phone",
        )
    )
    await report(intake, HANGS_UP)

    assert (await its_contact(intake))["status"] == "open"


async def test_the_call_moving_on_does_not_spoil_the_receptionists_copy(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    contact = await its_contact(intake)
    await report(intake, ANSWERED)
    written = await intake.client(Role.RECEPTION).put(
        f"/v1/contacts/{contact['id']}/facts", json=FACTS, headers={"If-Match": f'"{contact["edition"]}"'}
    )

    assert written.status_code == 200


async def test_two_exchanges_may_use_the_same_id(intake: Bench) -> None:
    await report(intake, RINGS_IN, {**RINGS_IN, "source": "other", "occurred_at": "2026-03-10T08:00:00Z"})
    client = intake.client(Role.RECEPTION)

    assert (await client.get("/v1/calls/call-1")).json()["type"] == "urn:dsi:problem:ambiguous-call"
    assert (await client.get("/v1/calls/call-1?source=other")).json()["started_at"] == "2026-03-10T08:00:00Z"


async def test_calls_are_listed_newest_first_without_numbers(intake: Bench) -> None:
    await report(
        intake, RINGS_IN, HANGS_UP, {**call_event(9, "queued"), "call_id": "call-2", "from": "4520000002"}
    )
    client = intake.client(Role.OPERATIONS)
    first = await client.get("/v1/calls?limit=1")
    second = await client.get("/v1/calls", params={"limit": 1, "cursor": first.json()["next_cursor"]})
    gave_up = await client.get("/v1/calls?outcome=abandoned")

    assert [page.json()["items"][0]["call_id"] for page in (first, second, gave_up)] == [
        "call-2",
        "call-1",
        "call-1",
    ]
    assert second.json()["next_cursor"] is None
    assert "2000000" not in first.text + second.text
    assert (await client.get("/v1/calls/call-1")).json()["caller"] is None


async def test_a_caller_is_found_by_the_number(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    answer = await intake.client(Role.RECEPTION).post("/v1/contacts/search", json={"phone": "20000001"})

    assert [item["id"] for item in answer.json()["items"]] == [(await the_call(intake))["contact_id"]]


async def test_no_callers_number_is_readable_in_the_tables(intake: Bench) -> None:
    await report(intake, RINGS_IN)

    async with intake.app.state.database.reading() as session:
        for table in (CALLS, DELIVERIES, CONTACTS):
            assert "20000001" not in str((await session.execute(select(table))).all())


KEY, OLD_KEY, WRONG_KEY = (f"whsec_{base64.b64encode(bytes([n]) * 24).decode()}" for n in (1, 2, 3))


def signed(body: str, key: str, **changed: str) -> dict[str, str]:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key).sign("msg_1", now, body),
        "Content-Type": "application/json",
    }
    return {**headers, **changed}


@pytest.fixture
def exchange(intake: Bench) -> httpx.AsyncClient:
    """An exchange that has no token; it may sign with either of two keys."""
    settings = intake.app.state.settings.model_copy(update={"webhook_secrets": SecretStr(f"{KEY},{OLD_KEY}")})
    intake.app.state.forms = forms_of(settings, intake.app.state.tokens)
    return intake.client(None)


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
async def test_a_signed_event_is_taken_with_any_valid_key(
    intake: Bench, exchange: httpx.AsyncClient, key: str
) -> None:
    body = json.dumps(RINGS_IN)
    answer = await exchange.post("/v1/telephony/events", content=body, headers=signed(body, key))

    assert (answer.status_code, answer.json()["new"]) == (202, 1)


BODY = json.dumps([RINGS_IN])
WRONG_SIGNATURES = {
    "of another key": signed(BODY, WRONG_KEY),
    "of another body": signed("[]", KEY),
    "of an hour ago": signed(BODY, KEY, **{"webhook-timestamp": "1773136800"}),
    "without a timestamp": {k: v for k, v in signed(BODY, KEY).items() if k != "webhook-timestamp"},
    "no number as timestamp": signed(BODY, KEY, **{"webhook-timestamp": "nan"}),
    "no end of time as timestamp": signed(BODY, KEY, **{"webhook-timestamp": "1e400"}),
    "no headers to speak of": {"webhook-id": "", "webhook-signature": ",,,", "webhook-timestamp": "-"},
    "not a signature": signed(BODY, KEY, **{"webhook-signature": "v1"}),
    "not base64": signed(BODY, KEY, **{"webhook-signature": "v1,%%%"}),
    "of another version": signed(BODY, KEY, **{"webhook-signature": "v2,AAAA"}),
}


@pytest.mark.parametrize("name", WRONG_SIGNATURES)
async def test_a_wrong_signature_is_refused_and_nothing_stored(
    intake: Bench, exchange: httpx.AsyncClient, name: str
) -> None:
    answer = await exchange.post("/v1/telephony/events", content=BODY, headers=WRONG_SIGNATURES[name])

    assert (answer.status_code, answer.json()["type"]) == (401, "urn:dsi:problem:bad-signature")
    assert await intake.count(DELIVERIES) == 0


async def test_a_wrong_signature_is_not_made_good_by_a_token(
    intake: Bench, exchange: httpx.AsyncClient
) -> None:
    headers = WRONG_SIGNATURES["of another key"]
    answer = await intake.client(Role.TELEPHONY).post("/v1/telephony/events", content=BODY, headers=headers)

    assert answer.status_code == 401


async def test_who_neither_signs_nor_has_a_token_is_turned_away(
    intake: Bench, exchange: httpx.AsyncClient
) -> None:
    assert (await exchange.post("/v1/telephony/events", json=RINGS_IN)).status_code == 401
    assert (
        await intake.client(Role.RECEPTION).post("/v1/telephony/events", json=RINGS_IN)
    ).status_code == 403
