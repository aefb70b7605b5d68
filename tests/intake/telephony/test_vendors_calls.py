"""From what each vendor sends to the call as the reception sees it, the whole way over HTTP."""

import xml.etree.ElementTree as ET

from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.telephony import test_twilio_form as twilio
from tests.intake.telephony.page import ran
from tests.intake.telephony.peers import (
    PUBLIC,
    TOKEN,
    ZammadClient,
    call_back_twilio,
    call_flexfone,
    later,
    push_sipgate,
    set_aside,
    the_call,
)
from tests.intake.telephony.requests_of import production
from tests.intake.telephony.test_flexfone_form import ANSWERED, ENDED
from tests.intake.telephony.test_sipgate_form import ANSWER, HANGUP, NEW_CALL


async def test_zammads_own_kind_of_client_reports_an_answered_call(intake: Bench) -> None:
    client = ZammadClient(intake)
    names = {"_from": "4520000001", "to": "4533171717", "direction": "in", "call_id": "z-1"}
    assert await client.new_call(**names, user=["Anna", "Bo"], queue="support") == {}
    later(intake, 7)
    await client.answer(**names, answering_number="anna")
    later(intake, 60)
    await client.hangup(**names, cause="normalClearing")

    call = await the_call(intake, "z-1")
    (visit,), (talk,) = call["visits"], call["talks"]
    assert (call["outcome"], call["caller"]) == ("answered", "+4520000001")
    assert (visit["queue"], visit["outcome"], visit["wait_seconds"]) == ("support", "answered", 7)
    assert (talk["agent"], talk["talk_seconds"], talk["ended_by"]) == ("anna", 60, "hung_up")
    assert call["gone_at"] == "2026-03-10T09:01:07Z"


async def test_zammads_own_kind_of_client_reports_callers_who_were_not_put_through(intake: Bench) -> None:
    client = ZammadClient(intake)
    for cause in ("cancel", "busy", "noAnswer", "congestion", "notFound", "forwarded"):
        names = {"_from": "anonymous", "to": "4533171717", "direction": "in", "call_id": cause}
        await client.new_call(**names)
        later(intake, 5)
        await client.hangup(**names, cause=cause)

        call = await the_call(intake, cause)
        expected = "lost" if cause == "forwarded" else "abandoned"
        assert (call["outcome"], call["caller"]) == (expected, None)
        assert (call["visits"][0]["queue"], call["visits"][0]["wait_seconds"]) == ("+4533171717", 5)


async def open_callbacks(bench: Bench) -> list[str]:
    answer = await bench.client(Role.RECEPTION).get("/v1/callbacks")
    return [callback["phone"] for callback in answer.json()["items"]]


async def test_who_is_put_through_elsewhere_is_called_back_only_when_nobody_answers_there(
    intake: Bench,
) -> None:
    client = ZammadClient(intake)

    async def calls(call_id: str, caller: str, *steps: str) -> None:
        names = {"_from": caller, "to": "4533171717", "direction": "in", "call_id": call_id}
        await client.new_call(**names)
        for step in steps:
            later(intake, 5)
            if step == "answer":
                await client.answer(**names, answering_number="anna")
            else:
                await client.hangup(**names, cause=step)

    await calls("alma-1", "4520000001", "answer", "forwarded")
    await calls("alma-2", "4520000001", "answer", "normalClearing")
    await calls("bo-1", "4520000002", "forwarded")
    assert await open_callbacks(intake) == ["+4520000002"]
    await calls("bo-2", "4520000002", "answer", "normalClearing")
    assert await open_callbacks(intake) == []
    await calls("carl-1", "4520000003", "forwarded")
    await calls("carl-2", "4520000003", "cancel")
    assert await open_callbacks(intake) == ["+4520000003"]


async def test_a_call_made_from_here_becomes_no_contact(intake: Bench) -> None:
    client = ZammadClient(intake)
    names = {"_from": "4533171717", "to": "4520000001", "direction": "out", "call_id": "z-out"}
    await client.new_call(**names)
    await client.hangup(**names, cause="normalClearing")

    assert (await intake.client(Role.RECEPTION).get("/v1/calls/z-out")).status_code == 404
    assert await set_aside(intake) == []


async def test_sipgate_reports_answer_and_end_where_the_answer_to_its_first_push_says(intake: Bench) -> None:
    first = await push_sipgate(intake, NEW_CALL)
    assert (first.status_code, first.headers["content-type"].partition(";")[0]) == (200, "application/xml")
    addresses = ET.fromstring(first.content).attrib
    assert addresses["onAnswer"] == f"{PUBLIC}/v1/telephony/sipgate/{TOKEN}"
    later(intake, 4)
    await push_sipgate(intake, ANSWER, addresses["onAnswer"])
    later(intake, 30)
    await push_sipgate(intake, HANGUP, addresses["onHangup"])

    call = await the_call(intake, "123456")
    assert (call["outcome"], call["caller"]) == ("answered", "+492111234567")
    assert (call["visits"][0]["queue"], call["visits"][0]["wait_seconds"]) == ("+4915791234567", 4)
    assert (call["talks"][0]["agent"], call["talks"][0]["talk_seconds"]) == ("John Doe", 30)


def leg(status: str, second: int, sequence: int, **more: str) -> dict[str, str]:
    moment = {"Timestamp": f"Tue, 10 Mar 2026 08:59:{second:02} +0000", "SequenceNumber": str(sequence)}
    return {**twilio.LEG, **moment, "CallStatus": status, **more}


async def test_twilios_legs_report_who_answered_and_how_long_the_talk_was_in_any_order(intake: Bench) -> None:
    end = {**twilio.CALL, **twilio.PROGRESS, "CallStatus": "completed", "CallDuration": "30"}
    story = [
        leg("initiated", 10, 0),
        leg("ringing", 11, 1),
        leg("in-progress", 15, 2),
        leg("completed", 40, 3, CallDuration="25"),
        {**end, "Timestamp": "Tue, 10 Mar 2026 08:59:40 +0000"},
    ]
    for values in reversed(story):
        assert (await call_back_twilio(intake, values, "queue=hovednummer")).status_code == 200

    call = await the_call(intake, twilio.CALL["CallSid"])
    (visit,), (talk,) = call["visits"], call["talks"]
    assert (call["outcome"], call["caller"], call["gone_at"]) == (
        "answered",
        "+4520000001",
        "2026-03-10T08:59:40Z",
    )
    assert (visit["queue"], visit["wait_seconds"], visit["agent"]) == ("hovednummer", 5, "anna")
    assert (talk["talk_seconds"], talk["reported_talk_seconds"]) == (25, 25)


async def test_twilios_queue_reports_the_wait_of_one_who_gave_up(intake: Bench) -> None:
    gave_up = {**twilio.QUEUED, "CallStatus": "completed", "QueueResult": "hangup", "QueueTime": "17"}
    await call_back_twilio(intake, gave_up, "queue=hovednummer")

    call = await the_call(intake, twilio.CALL["CallSid"])
    assert call["outcome"] == "abandoned"
    assert call["visits"][0]["reported_wait_seconds"] == call["visits"][0]["wait_seconds"] == 17


async def test_flexfones_four_addresses_report_a_call(intake: Bench) -> None:
    rings = {name: ANSWERED[name] for name in ("UniqueCallId", "ANumber", "EmployeeLocalNumber")}
    assert (await call_flexfone(intake, "incoming", {**rings, "queue": "hovednummer"})).status_code == 202
    later(intake, 9)
    await call_flexfone(intake, "answered", {**ANSWERED, "queue": "hovednummer"})
    later(intake, 61)
    await call_flexfone(intake, "ended", ENDED)
    await call_flexfone(intake, "outgoing", {**ANSWERED, "UniqueCallId": "out"})

    call = await the_call(intake, ANSWERED["UniqueCallId"])
    assert (call["outcome"], call["caller"]) == ("answered", "+4520000001")
    assert (call["visits"][0]["queue"], call["visits"][0]["wait_seconds"]) == ("hovednummer", 9)
    assert (call["talks"][0]["agent"], call["talks"][0]["talk_seconds"]) == ("201", 61)
    assert (await intake.client(Role.RECEPTION).get("/v1/calls/out")).status_code == 404


async def test_the_form_on_the_page_takes_calls_once_it_is_in_the_registry(intake: Bench) -> None:
    form = ran("a form of one's own").CentralenForm(production())
    intake.app.state.forms = {**intake.app.state.forms, form.name: form}
    client = intake.client(None)
    for what, at in (("ring", "09:59:00"), ("pickup", "09:59:12"), ("hangup", "09:59:50")):
        values = {"what": what, "call": "c-1", "at": f"2026-03-10T{at}+01:00", "caller": "20000001"}
        answer = await client.post("/v1/telephony/centralen", json=values, headers={"X-Centralen-Key": TOKEN})
        assert answer.json() == {"received": 1, "new": 1, "duplicates": 0}

    call = await the_call(intake, "c-1")
    assert (call["outcome"], call["visits"][0]["wait_seconds"]) == ("answered", 12)
    assert call["talks"][0]["talk_seconds"] == 38
