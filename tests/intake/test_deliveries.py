"""Deliveries are on disk before they are answered, and what they mean is found afterwards."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.intake.calls.repository import CALLS
from services.intake.contacts.repository import CONTACTS
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.delivery_store.service import sealed_row, write_deliveries
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.canonical_json.form import CanonicalForm
from services.intake.telephony.forms import RawDelivery
from services.intake.telephony.signatures import Signatures, SignedOrToken
from shared.unit_of_work import unit_of_work
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_telephony import ANSWERED, HANGS_UP, RINGS_IN, call_event, report, the_call

GIBBERISH = "what is this"
EVENTS = "/v1/telephony/events"


async def states(bench: Bench) -> dict[str, str]:
    async with bench.app.state.database.reading() as session:
        rows = await session.execute(select(DELIVERIES.c.delivery_id, DELIVERIES.c.state))
        return {row.delivery_id: row.state for row in rows}


async def set_aside(bench: Bench, query: str = "") -> list[dict[str, Any]]:
    answer = await bench.client(Role.OPERATIONS).get(f"/v1/telephony/deliveries?state=set_aside{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def log_line(bench: Bench, line: str) -> None:
    answer = await bench.client(Role.TELEPHONY).post(
        "/v1/telephony/asterisk", content=line, headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 202, answer.text


async def test_what_is_acknowledged_is_stored_and_not_interpreted_yet(intake: Bench) -> None:
    answer = await intake.client(Role.TELEPHONY).post(EVENTS, json=RINGS_IN)

    assert answer.json() == {"received": 1, "new": 1, "duplicates": 0}
    assert await states(intake) == {RINGS_IN["delivery_id"]: "unread"}


async def test_who_reads_sees_what_was_acknowledged_before(intake: Bench) -> None:
    await intake.client(Role.TELEPHONY).post(EVENTS, json=RINGS_IN)
    client = intake.client(Role.RECEPTION)

    assert (await the_call(intake))["outcome"] == "waiting"
    await intake.client(Role.TELEPHONY).post(EVENTS, json=HANGS_UP)
    assert [item["outcome"] for item in (await client.get("/v1/contacts")).json()["items"]] == ["abandoned"]


async def test_a_delivery_sent_again_after_it_was_interpreted_stays_interpreted(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    again = await report(intake, RINGS_IN, RINGS_IN)

    assert (again["received"], again["new"], again["duplicates"]) == (2, 0, 2)
    assert await states(intake) == {RINGS_IN["delivery_id"]: "event"}


async def test_what_cannot_be_interpreted_is_stored_counted_and_listed_without_its_content(
    intake: Bench,
) -> None:
    await log_line(intake, GIBBERISH)
    (item,) = await set_aside(intake)

    assert (item["source"], item["form"]) == ("asterisk", "asterisk")
    assert item["reason"]
    assert "text" not in item
    assert "delivery_id" not in item
    metrics = (await intake.client(None).get("/metrics")).text
    labels = f'form="asterisk",reason="{item["reason"]}"'
    assert f"dsi_intake_uninterpretable_deliveries{{{labels}}} 1.0" in metrics
    assert await set_aside(intake, "&source=pbx") == await set_aside(intake, "&reason=other") == []
    assert len(await set_aside(intake, f"&source=asterisk&reason={item['reason']}")) == 1


async def test_operations_can_read_what_came_and_the_look_is_logged(intake: Bench) -> None:
    await log_line(intake, GIBBERISH)
    (item,) = await set_aside(intake)
    place = f"/v1/telephony/deliveries/{item['id']}"

    assert (await intake.client(Role.OPERATIONS).get(place)).json()["text"] == GIBBERISH
    accesses = (await intake.client(Role.AUDITOR).get("/v1/access-log")).json()["items"]
    assert [(look["action"], look["role"]) for look in accesses] == [("read", "operations")]
    for role in (Role.RECEPTION, Role.TELEPHONY, Role.SERVICE):
        assert (await intake.client(role).get(place)).status_code == 403
    nobody = "/v1/telephony/deliveries/01890000-0000-7000-8000-000000000000"
    assert (await intake.client(Role.OPERATIONS).get(nobody)).status_code == 404


class Mended(CanonicalForm):
    """The queue log's form, after somebody taught it what that line means."""

    name = "asterisk"

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        event = {**RINGS_IN, "delivery_id": delivery.delivery_id, "source": delivery.source}
        return super().interpret(replace(delivery, text=json.dumps(event)), received_at)


class Broken(CanonicalForm):
    """A form with a fault in it: one caller's events make it fall over."""

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        if "call-2" in delivery.text:
            raise ZeroDivisionError
        return super().interpret(delivery, received_at)


def use(bench: Bench, form: type[CanonicalForm]) -> None:
    """Put a form in the place of the one with its name."""
    state = bench.app.state
    proof = SignedOrToken(Signatures(""), state.tokens)
    state.forms = {**state.forms, form.name: form(proof)}


async def test_after_a_fix_it_is_read_again_and_becomes_a_call(intake: Bench) -> None:
    await log_line(intake, GIBBERISH)
    assert len(await set_aside(intake)) == 1
    use(intake, Mended)
    client = intake.client(Role.OPERATIONS)
    other = await client.post("/v1/telephony/deliveries/rerun?source=other")
    mended = await client.post("/v1/telephony/deliveries/rerun?source=asterisk")

    assert (other.json(), mended.json()) == ({"rerun": 0}, {"rerun": 1})
    assert await set_aside(intake) == []
    assert (await the_call(intake))["source"] == "asterisk"


async def test_one_delivery_that_breaks_its_form_does_not_stop_the_others(intake: Bench) -> None:
    use(intake, Broken)
    await report(intake, RINGS_IN, {**call_event(1, "queued"), "call_id": "call-2"}, ANSWERED)

    assert (await the_call(intake))["outcome"] == "answered"
    assert [item["reason"] for item in await set_aside(intake)] == ["failed"]
    assert await intake.count(CALLS) == 1


async def test_one_delivery_that_storage_will_not_take_does_not_stop_the_others(intake: Bench) -> None:
    class Unstorable(CanonicalForm):
        """Says what no column can hold, past all checks."""

        def interpret(
            self, delivery: RawDelivery, received_at: datetime
        ) -> CallEvent | ExchangeRestart | None:
            event = super().interpret(delivery, received_at)
            is_it = isinstance(event, CallEvent) and event.call_id == "call-2"
            return event.model_copy(update={"queue": object()}) if event and is_it else event

    use(intake, Unstorable)
    await report(intake, RINGS_IN, {**call_event(1, "queued"), "call_id": "call-2"}, ANSWERED)

    assert (await the_call(intake))["outcome"] == "answered"
    assert [item["reason"] for item in await set_aside(intake)] == ["failed"]


async def test_an_event_of_the_future_waits_for_its_moment(intake: Bench) -> None:
    ahead = intake.clock.now() + timedelta(hours=2)
    early = {**RINGS_IN, "occurred_at": ahead.isoformat()}
    await intake.client(Role.TELEPHONY).post(EVENTS, json=early)
    (item,) = await set_aside(intake)

    assert item["reason"] == "future"
    assert item["due_at"] == ahead.isoformat().replace("+00:00", "Z")
    assert await intake.count(CONTACTS) == 0

    intake.clock.set(ahead)
    assert await intake.count(CONTACTS) == 1
    assert await set_aside(intake) == []


async def test_clocks_that_differ_a_little_are_no_future(intake: Bench) -> None:
    soon = intake.clock.now() + timedelta(minutes=4)
    await intake.client(Role.TELEPHONY).post(EVENTS, json={**RINGS_IN, "occurred_at": soon.isoformat()})

    assert await intake.count(CONTACTS) == 1


async def test_a_queue_that_no_line_has_is_marked_as_such(intake: Bench) -> None:
    await report(
        intake,
        call_event(0, "queued", "nobody"),
        call_event(9, "overflowed", "nobody"),
        call_event(9, "queued"),
    )
    visits = (await the_call(intake))["visits"]
    queues = (await intake.client(Role.OPERATIONS).get("/v1/telephony/queues")).json()["items"]

    assert [(visit["queue"], visit["configured"]) for visit in visits] == [
        ("nobody", False),
        ("socialservice", True),
    ]
    assert [(queue["source"], queue["queue"]) for queue in queues] == [("pbx", "nobody")]
    assert "dsi_intake_unconfigured_queues 1.0" in (await intake.client(None).get("/metrics")).text


@pytest.mark.parametrize("path", ["/v1/telephony/fax", "/v1/telephony/fax/here"])
async def test_a_form_that_nobody_knows_is_not_found(intake: Bench, path: str) -> None:
    for method in ("GET", "POST"):
        assert (await intake.client(Role.TELEPHONY).request(method, path)).status_code == 404


async def test_a_body_that_is_no_utf_8_is_refused_as_canonical_and_kept_as_a_log(intake: Bench) -> None:
    body = b'{"source": "pbx\xff"}'
    client = intake.client(Role.TELEPHONY)
    refused = await client.post(EVENTS, content=body, headers={"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:dsi:problem:invalid-input")
    assert await intake.count(DELIVERIES) == 0
    kept = await client.post("/v1/telephony/asterisk", content=b"\xff\xfe\n")
    assert (kept.status_code, kept.json()["new"]) == (202, 1)


async def test_an_id_that_comes_back_hours_later_is_another_call_with_a_contact_of_its_own(
    intake: Bench,
) -> None:
    later = {"occurred_at": "2026-03-10T15:00:00Z", "delivery_id": "later"}
    await report(intake, RINGS_IN, HANGS_UP)
    first = await the_call(intake)
    await report(intake, {**RINGS_IN, **later})
    client = intake.client(Role.RECEPTION)
    second, earlier = await the_call(intake), (await client.get("/v1/calls/call-1?occurrence=1")).json()

    assert (second["occurrence"], second["outcome"]) == (2, "waiting")
    assert second["contact_id"] != first["contact_id"]
    assert earlier == first
    assert (await client.get("/v1/calls/call-1?occurrence=3")).status_code == 404

    # News of the first one arrives late: both stay who they are.
    await report(intake, {**call_event(2, "offer_missed")})
    assert (await the_call(intake))["contact_id"] == second["contact_id"]
    assert (await client.get("/v1/calls/call-1?occurrence=1")).json()["contact_id"] == first["contact_id"]


async def test_two_calls_that_turn_out_to_be_one_leave_one_and_a_duplicate(intake: Bench) -> None:
    again = {"occurred_at": "2026-03-10T13:30:00Z", "delivery_id": "again"}
    between = {"occurred_at": "2026-03-10T11:30:00Z", "delivery_id": "between"}
    await report(intake, RINGS_IN)
    await report(intake, call_event(0, "queued") | again)
    second = await the_call(intake)
    assert second["occurrence"] == 2
    await report(intake, call_event(0, "offer_missed") | between)

    assert (await the_call(intake))["occurrence"] == 1
    assert await intake.count(CALLS) == 1
    gone = (await intake.client(Role.RECEPTION).get(f"/v1/contacts/{second['contact_id']}")).json()
    assert (gone["status"], gone["outcome"]) == ("closed", "duplicate")


async def test_calls_whose_waits_disagree_are_counted_and_can_be_listed(intake: Bench) -> None:
    await report(intake, RINGS_IN, {**ANSWERED, "reported_wait_seconds": 40})
    await report(intake, {**RINGS_IN, "call_id": "call-2", "delivery_id": "fine"})
    client = intake.client(Role.OPERATIONS)

    async def listed(query: str) -> list[str]:
        return [call["call_id"] for call in (await client.get(f"/v1/calls?{query}")).json()["items"]]

    assert await listed("inconsistency=wait_disagrees") == await listed("inconsistent=true") == ["call-1"]
    assert await listed("inconsistent=false") == ["call-2"]
    assert await listed("inconsistency=false_abandon") == []
    metrics = (await client.get("/metrics")).text
    assert 'dsi_intake_inconsistent_calls_total{kind="wait_disagrees"} 1.0' in metrics


async def test_silence_closes_a_call_as_lost_and_its_true_end_reopens_and_ends_it(intake: Bench) -> None:
    await report(intake, RINGS_IN)
    intake.clock.set(intake.clock.now() + timedelta(hours=3))
    await intake.settle()
    assert (await the_call(intake))["outcome"] == "waiting"
    intake.clock.set(intake.clock.now() + timedelta(hours=2))
    await intake.settle()

    lost = await the_call(intake)
    assert (lost["outcome"], lost["inconsistencies"]) == ("lost", ["end_untold"])
    assert await intake.count(DELIVERIES) == 2
    await report(intake, ANSWERED)
    assert (await the_call(intake))["outcome"] == "answered"
    assert (await the_call(intake))["gone_at"] is None
    intake.clock.set(intake.clock.now() + timedelta(hours=13))
    await intake.settle()
    assert (await the_call(intake))["talks"][0]["ended_by"] == "lost"
    await report(intake, call_event(50, "ended"))
    assert (await the_call(intake))["talks"][0]["ended_by"] == "hung_up"


async def test_each_of_several_requests_learns_how_many_of_its_own_were_new(intake: Bench) -> None:
    async with intake.app.state.database.writing() as session:
        work = unit_of_work(intake.app.state, session)
        one, two, three = (sealed_row(work, RawDelivery("pbx", name, "events", "{}")) for name in "abc")
        new = await write_deliveries(session, [[one, two], [two, three], [one], []])

    assert new == [2, 1, 0, 0]
