"""What strangers, and vendors gone wrong, may try at the vendors' doors."""

import json
import logging
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from services.intake.delivery_store.repository import DELIVERIES
from services.intake.telephony.zammad.form import ZammadForm
from services.intake.telephony.zammad.settings import ZammadSettings
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.telephony import test_twilio_form as twilio
from tests.intake.telephony.peers import (
    PUBLIC,
    TOKEN,
    call_back_twilio,
    call_flexfone,
    call_zammad,
    push_sipgate,
    set_aside,
    sipgate_headers,
    the_call,
    twilio_headers,
)
from tests.intake.telephony.requests_of import FORM, JSON, production
from tests.intake.telephony.test_flexfone_form import ANSWERED
from tests.intake.telephony.test_sipgate_form import NEW_CALL
from tests.intake.telephony.test_zammad_form import NEW_CALL as ZAMMAD_CALL

RINGING = {**twilio.LEG, "CallStatus": "ringing"}
TWILIO = "/v1/telephony/twilio"
SIPGATE = f"/v1/telephony/sipgate/{TOKEN}"

STRANGERS: dict[str, dict[str, Any]] = {
    "zammad without a token": {"url": "/v1/telephony/zammad", "json": ZAMMAD_CALL},
    "zammad with a wrong token": {"url": "/v1/telephony/zammad/wrong", "json": ZAMMAD_CALL},
    "zammad with a token of bytes": {"url": "/v1/telephony/zammad/%ff%00", "json": ZAMMAD_CALL},
    "zammad with the token of a role": {
        "url": "/v1/telephony/zammad",
        "headers": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
    },
    "sipgate unsigned": {"url": SIPGATE, "content": NEW_CALL},
    "sipgate signed for another body": {
        "url": SIPGATE,
        "content": b"a=b",
        "headers": sipgate_headers(NEW_CALL),
    },
    "sipgate signed without our token": {
        "url": "/v1/telephony/sipgate",
        "content": NEW_CALL,
        "headers": sipgate_headers(NEW_CALL),
    },
    "sipgate with a signature that is none": {
        "url": SIPGATE,
        "content": NEW_CALL,
        "headers": {"X-Sipgate-Signature": "AAAA=AAA"},
    },
    "twilio unsigned": {"url": TWILIO, "content": urlencode(RINGING), "headers": {"Content-Type": FORM}},
    "twilio signed for another address": {
        "url": f"{TWILIO}?queue=vip",
        "content": urlencode(RINGING),
        "headers": twilio_headers(PUBLIC + TWILIO, RINGING),
    },
    "twilio signed for the inner address": {
        "url": TWILIO,
        "content": urlencode(RINGING),
        "headers": twilio_headers("http://test" + TWILIO, RINGING),
    },
    "twilio with one field more": {
        "url": TWILIO,
        "content": urlencode({**RINGING, "From": "+4520000002"}),
        "headers": twilio_headers(PUBLIC + TWILIO, RINGING),
    },
    "twilio with an algorithm of the stranger's": {
        "url": TWILIO,
        "content": urlencode(RINGING),
        "headers": twilio_headers(PUBLIC + TWILIO, RINGING)
        | {"X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_MD5"},
    },
    "flexfone without a token": {"url": "/v1/telephony/flexfone/answered", "json": ANSWERED},
    "flexfone with a wrong token": {"url": "/v1/telephony/flexfone/answered/wrong", "json": ANSWERED},
}


@pytest.mark.parametrize("name", STRANGERS)
async def test_a_stranger_is_turned_away_and_nothing_is_stored(intake: Bench, name: str) -> None:
    answer = await intake.client(None).post(**STRANGERS[name])

    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert TOKEN not in answer.text
    assert await intake.count(DELIVERIES) == 0


async def test_a_form_without_its_secret_is_closed_whatever_is_sent(intake: Bench) -> None:
    closed = ZammadForm(production(), ZammadSettings(tokens=""))
    intake.app.state.forms = {**intake.app.state.forms, "zammad": closed}
    answer = await call_zammad(intake, ZAMMAD_CALL)

    assert (answer.status_code, answer.json()["type"]) == (401, "urn:dsi:problem:form-closed")
    assert answer.json()["detail"] == "DSI_ZAMMAD_TOKENS is not set."


async def test_a_captured_request_played_again_is_a_duplicate(intake: Bench) -> None:
    for _ in range(3):
        await push_sipgate(intake, NEW_CALL)
        await call_back_twilio(intake, RINGING)
        await call_zammad(intake, ZAMMAD_CALL)
        await call_flexfone(intake, "answered", ANSWERED)

    assert await intake.count(DELIVERIES) == 4


async def test_a_captured_request_cannot_be_played_as_another_exchanges(intake: Bench) -> None:
    url = f"{TWILIO}?source=other"
    headers = twilio_headers(PUBLIC + TWILIO, RINGING)
    answer = await intake.client(None).post(url, content=urlencode(RINGING), headers=headers)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (f"/v1/telephony/zammad/{TOKEN}", {"Content-Type": JSON}),
        (f"/v1/telephony/flexfone/answered/{TOKEN}", {"Content-Type": FORM}),
        (SIPGATE, {"X-Sipgate-Signature": "AAAA"}),
        (TWILIO, {"X-Twilio-Signature": "AAAA"}),
    ],
)
async def test_a_huge_body_is_refused(intake: Bench, url: str, headers: dict[str, str]) -> None:
    answer = await intake.client(None).post(url, content=b"a=" + b"x" * 1_100_000, headers=headers)

    assert (answer.status_code, await intake.count(DELIVERIES)) == (413, 0)


@pytest.mark.parametrize(
    ("content", "media_type", "reason"),
    [
        (b"[" * 1_000_000, JSON, "not-json"),
        (b"\xff" * 1_000_000, FORM, "not-utf-8"),
        (b"&a=b" * 250_000, FORM, "too-many-fields"),
        (b"--x\r\n" * 200_000, "multipart/form-data; boundary=x", "unknown-event"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 15_000,
            "multipart/form-data; boundary=x",
            "too-many-fields",
        ),
        (b"{" + b",".join(b'"a%d":1' % n for n in range(80_000)) + b"}", JSON, "too-many-fields"),
        (json.dumps({**ZAMMAD_CALL, "event": ["newCall", "hangup"]}).encode(), JSON, "ambiguous-field"),
        (json.dumps({**ZAMMAD_CALL, "callId": "a\ud800b"}).encode(), JSON, "impossible-field"),
        (json.dumps({**ZAMMAD_CALL, "queue": "x\x00y"}).encode(), JSON, "impossible-field"),
    ],
)
async def test_what_a_vendor_gone_wrong_sends_is_kept_and_the_next_call_is_taken(
    intake: Bench, content: bytes, media_type: str, reason: str
) -> None:
    url, headers = f"/v1/telephony/zammad/{TOKEN}", {"Content-Type": media_type}
    answer = await intake.client(None).post(url, content=content, headers=headers)

    assert answer.status_code == 200, answer.text
    assert await set_aside(intake) == [reason]
    assert (await call_zammad(intake, ZAMMAD_CALL)).status_code == 200
    assert (await the_call(intake, str(ZAMMAD_CALL["callId"])))["outcome"] == "waiting"


class Repeated(dict[str, str]):
    """A form in which a name may stand twice, as Twilio's validator takes it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]


async def test_a_field_with_two_values_is_uninterpretable(intake: Bench) -> None:
    """Who reads the first and who reads the last would see two different calls."""
    values = [*RINGING.items(), ("CallStatus", "completed")]
    headers = twilio_headers(PUBLIC + TWILIO, Repeated(values))
    answer = await intake.client(None).post(TWILIO, content=urlencode(values), headers=headers)

    assert (answer.status_code, await set_aside(intake)) == (200, ["ambiguous-field"])


async def test_markup_in_a_query_does_not_reach_sipgates_answer(intake: Bench) -> None:
    place = f"{PUBLIC}{SIPGATE}?source=exchange&x=%22%2F%3E%3CHangup%2F%3E"
    answer = await push_sipgate(intake, NEW_CALL, place)

    assert answer.status_code == 200
    assert "<Hangup" not in answer.text
    assert answer.text.count("<") == 2


@pytest.mark.parametrize("host", ['evil.example"><Hangup/>', "evil.example"])
async def test_a_host_of_the_strangers_does_not_reach_sipgates_answer(intake: Bench, host: str) -> None:
    headers = {**sipgate_headers(NEW_CALL), "Host": host, "X-Forwarded-Host": host}
    answer = await intake.client(None).post(SIPGATE, content=NEW_CALL, headers=headers)

    assert "evil" not in answer.text


async def test_no_secret_and_no_number_is_logged(
    intake: Bench, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # httpx, whose client here plays the exchange, logs addresses; ours never does.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    await call_flexfone(intake, "answered", ANSWERED)
    await call_flexfone(intake, "answered", {**ANSWERED, "token": TOKEN}, token="wrong-" + TOKEN)
    await call_zammad(intake, ZAMMAD_CALL)
    await intake.client(None).post("/v1/telephony/zammad", headers={"Authorization": f"Bearer {TOKEN}"})
    await set_aside(intake)

    logged = "".join(capfd.readouterr()) + caplog.text
    assert "/v1/telephony/{form}" in logged
    assert TOKEN not in logged
    assert ANSWERED["ANumber"] not in logged


async def test_no_secret_is_in_what_operations_see(intake: Bench) -> None:
    await call_flexfone(intake, "answered", ANSWERED)
    await call_zammad(intake, {"event": "sneeze"})
    client = intake.client(Role.OPERATIONS)
    items = (await client.get("/v1/telephony/deliveries")).json()["items"]
    answers: list[httpx.Response] = [
        await client.get(f"/v1/telephony/deliveries/{item['id']}") for item in items
    ]

    assert len(answers) == 2
    assert all(answer.status_code == 200 and TOKEN not in answer.text for answer in answers)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "url", [SIPGATE, f"/v1/telephony/zammad/{TOKEN}?event=newCall&direction=in&callId=1"]
)
async def test_an_address_that_is_opened_in_a_browser_reports_no_call(
    intake: Bench, method: str, url: str
) -> None:
    answer = await intake.client(None).request(method, url)

    assert (answer.status_code, "POST" in answer.headers["allow"]) == (405, True)
    assert await intake.count(DELIVERIES) == 0
