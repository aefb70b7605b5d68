"""Twilio's voice requests, signed by Twilio's own validator.

Fields and meanings: twilio.com/docs/voice/twiml/number, .../voice/api/call-resource (status callbacks),
.../voice/twiml/enqueue and .../voice/twiml/queue. The first signature is the one of Twilio's own tests
(github.com/twilio/twilio-python, tests/unit/test_request_validator.py).
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA256, RequestValidator

from services.intake.problems import BadSignature, FormClosed
from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.forms import ExchangeRequest, Uninterpretable
from services.intake.telephony.twilio.form import TwilioForm
from services.intake.telephony.twilio.settings import TwilioSettings
from services.intake.telephony.twilio.signature import is_signed
from tests.intake.telephony.requests_of import NOW, incoming, posted, production

SECRET, OLD_SECRET = "12345", "an-older-one"
FORM = TwilioForm(production(), TwilioSettings(auth_tokens=f"{SECRET},{OLD_SECRET}"))

CALL = {
    "AccountSid": "AC00000000000000000000000000000001",
    "ApiVersion": "2010-04-01",
    "CallSid": "CA00000000000000000000000000000001",
    "From": "+4520000001",
    "To": "+4533000000",
    "Direction": "inbound",
}
PROGRESS = {"CallbackSource": "call-progress-events", "Timestamp": "Tue, 10 Mar 2026 08:59:30 +0000"}
LEG = {
    **CALL,
    **PROGRESS,
    "CallSid": "CA00000000000000000000000000000002",
    "ParentCallSid": CALL["CallSid"],
    "To": "client:anna",
    "Direction": "outbound-dial",
}
QUEUED = {**CALL, "CallStatus": "in-progress", "QueueSid": "QU00000000000000000000000000000001"}


def interpreted(values: dict[str, Any], query: str = "") -> CallEvent | None:
    (delivery,) = FORM.deliveries(posted(values, query=query))
    return FORM.interpret(delivery, NOW)


def event_of(values: dict[str, Any], query: str = "") -> CallEvent:
    event = interpreted(values, query)
    assert event is not None
    return event


def test_a_citizens_call_waits_where_it_was_called_and_when_twilio_says() -> None:
    event = event_of({**CALL, **PROGRESS, "CallStatus": "ringing", "SequenceNumber": "0"})

    assert (event.type, event.call_id, event.sequence) == (CallEventType.QUEUED, CALL["CallSid"], 0)
    assert (event.from_, event.to, event.queue) == ("+4520000001", "+4533000000", "+4533000000")
    assert event.occurred_at == datetime(2026, 3, 10, 8, 59, 30, tzinfo=UTC)


def test_that_twilio_picks_up_is_no_answer_but_that_a_leg_does_is() -> None:
    picked_up = event_of({**CALL, **PROGRESS, "CallStatus": "in-progress", "SequenceNumber": "1"})
    answered = event_of({**LEG, "CallStatus": "in-progress", "SequenceNumber": "2"})

    assert picked_up.type is CallEventType.QUEUED
    assert (answered.type, answered.agent) == (CallEventType.ANSWERED, "anna")
    assert (answered.call_id, answered.leg_id) == (CALL["CallSid"], LEG["CallSid"])
    # Whom a leg rings is not whom the citizen called.
    assert answered.to is None


def test_a_legs_length_is_the_talks_and_the_calls_is_not() -> None:
    leg = event_of({**LEG, "CallStatus": "completed", "CallDuration": "49", "Duration": "1"})
    call = event_of({**CALL, **PROGRESS, "CallStatus": "completed", "CallDuration": "60"})

    assert (leg.type, leg.reported_talk_seconds) == (CallEventType.ENDED, 49)
    assert (call.type, call.reported_talk_seconds) == (CallEventType.ENDED, None)


def test_of_one_second_the_end_of_a_leg_comes_before_the_end_of_the_call() -> None:
    leg = event_of({**LEG, "CallStatus": "completed", "SequenceNumber": "3"})
    for status in ("completed", "canceled"):
        call = event_of({**CALL, **PROGRESS, "CallStatus": status, "SequenceNumber": "0"})
        assert (leg.sequence or 0) < (call.sequence or 0)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_leg_that_nobody_takes_is_a_missed_offer_and_such_a_call_is_abandoned(status: str) -> None:
    assert event_of({**LEG, "CallStatus": status}).type is CallEventType.OFFER_MISSED
    assert event_of({**CALL, **PROGRESS, "CallStatus": status}).type is CallEventType.ABANDONED


def test_a_leg_that_rings_is_an_offer_and_where_the_address_names_the_queue_also_the_place() -> None:
    ringing = {**LEG, "CallStatus": "ringing"}

    assert event_of(ringing).type is CallEventType.OFFERED
    named = event_of(ringing, "queue=hovednummer&agent=Anna")
    assert (named.type, named.queue, named.agent) == (CallEventType.QUEUED, "hovednummer", "Anna")


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ("hangup", CallEventType.ABANDONED),
        ("leave", CallEventType.OVERFLOWED),
        ("queue-full", CallEventType.OVERFLOWED),
        ("error", CallEventType.OVERFLOWED),
        ("system-error", CallEventType.OVERFLOWED),
        ("redirected", CallEventType.TRANSFERRED),
        ("redirected-from-bridged", CallEventType.TRANSFERRED),
        ("bridged", CallEventType.ENDED),
    ],
)
def test_each_result_of_a_queue_and_the_wait_that_is_reported(result: str, kind: CallEventType) -> None:
    event = event_of({**QUEUED, "QueueResult": result, "QueueTime": "17"})

    assert (event.type, event.reported_wait_seconds, event.queue) == (kind, 17, QUEUED["QueueSid"])
    assert event.cause == f"queue-{result}"


def test_who_takes_a_caller_out_of_a_queue_answers() -> None:
    event = event_of({**QUEUED, "DequeingCallSid": "CA3", "QueueTime": "17"}, "queue=hovednummer&agent=Anna")

    assert (event.type, event.agent, event.queue) == (CallEventType.ANSWERED, "Anna", "hovednummer")
    assert event.reported_wait_seconds == 17


@pytest.mark.parametrize(
    "values",
    [
        {**CALL, **PROGRESS, "Direction": "outbound-api", "CallStatus": "completed"},
        {**QUEUED, "QueuePosition": "1", "QueueTime": "0"},
        {**QUEUED, "QueueResult": "bridging-in-process"},
        {**CALL, "CallStatus": "in-progress", "Digits": "1"},
        {**CALL, "CallStatus": "in-progress", "DialCallStatus": "completed"},
    ],
    ids=["made from here", "waits in a queue", "about to be put through", "typed a digit", "dial is over"],
)
def test_what_is_no_news(values: dict[str, str]) -> None:
    assert interpreted(values) is None


@pytest.mark.parametrize(
    "withheld", ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "anonymous"]
)
def test_a_withheld_number_is_nobodys(withheld: str) -> None:
    assert event_of({**CALL, **PROGRESS, "CallStatus": "ringing", "From": withheld}).from_ is None


@pytest.mark.parametrize("moment", ["", "yesterday", "Tue, 99 Mar 2026 08:59:30 +0000"])
def test_without_a_moment_that_can_be_read_the_one_of_receipt_counts(moment: str) -> None:
    assert event_of({**LEG, "CallStatus": "ringing", "Timestamp": moment}).occurred_at == NOW


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "no-call-id"),
        ({**LEG, "CallStatus": "levitating"}, "unknown-status"),
        ({**CALL, **PROGRESS, "CallStatus": ""}, "unknown-status"),
        ({**QUEUED, "QueueResult": "eaten"}, "unknown-queue-result"),
        ({**LEG, "CallStatus": ["ringing", "completed"]}, "ambiguous-field"),
        (
            {**LEG, "CallStatus": "ringing", "Timestamp": "Tue, 10 Mar 1926 08:59:30 +0000"},
            "impossible-field",
        ),
    ],
)
def test_what_cannot_be_understood_says_why(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(Uninterpretable) as refused:
        interpreted(values)

    assert refused.value.reason == reason


def signed(values: dict[str, str], secret: str = SECRET, query: str = "", **more: str) -> ExchangeRequest:
    url = posted(values, query=query).url
    signature = RequestValidator(secret).compute_signature(url, values)
    return posted(values, query=query, **{"x_twilio_signature": signature, **more})


def test_the_signature_that_twilio_publishes_holds() -> None:
    values = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    headers = {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
    for url in (
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        "https://mycompany.com:443/myapp.php?foo=1&bar=2",
    ):
        assert is_signed(["12345"], headers, url, list(values.items()))
    assert not is_signed(["12345"], headers, "https://mycompany.com/myapp.php?foo=1", list(values.items()))


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@given(
    values=st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=8), max_size=6),
    place=st.sampled_from(["dsi.example", "dsi.example:443", "dsi.example:8443", "[::1]"]),
    algorithm=st.sampled_from([None, HMAC_SHA256]),
)
def test_whatever_twilios_validator_signs_holds(
    values: dict[str, str], place: str, algorithm: str | None
) -> None:
    url = f"https://{place}/v1/telephony/twilio?queue=hovednummer"
    headers = {"x-twilio-signature": RequestValidator(SECRET).compute_signature(url, values, algorithm)}
    if algorithm is not None:
        headers["x-twilio-webhooks-signature-settings"] = f"key=webhooks_sharedkey_1,algorithm={algorithm}"

    assert is_signed([OLD_SECRET, SECRET], headers, url, list(values.items()))
    assert not is_signed([OLD_SECRET], headers, url, list(values.items()))
    assert not is_signed([SECRET], headers, url + "x", list(values.items()))


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_a_signature_by_any_valid_secret_opens_the_door(secret: str) -> None:
    FORM.admit(signed({**LEG, "CallStatus": "ringing"}, secret, "queue=hovednummer"))


def test_a_signed_query_opens_the_door_too() -> None:
    request = incoming(query=urlencode({**LEG, "CallStatus": "ringing"}))
    signature = RequestValidator(SECRET).compute_signature(request.url, {})
    FORM.admit(incoming(query=request.query, x_twilio_signature=signature))


RINGING = {**LEG, "CallStatus": "ringing"}


@pytest.mark.parametrize(
    "request_",
    [
        posted(RINGING),
        posted(RINGING, x_twilio_signature="%%%"),
        posted(RINGING, x_twilio_signature="æ"),
        signed(RINGING, "another"),
        signed(RINGING, ""),
        posted(RINGING, query="queue=x", x_twilio_signature=signed(RINGING).headers["x-twilio-signature"]),
        posted({**RINGING, "a": "b"}, x_twilio_signature=signed(RINGING).headers["x-twilio-signature"]),
        signed(RINGING, x_twilio_webhooks_signature_settings="key=1,algorithm=HMAC_SHA256"),
        signed(RINGING, x_twilio_webhooks_signature_settings="key=1,algorithm=NONE"),
        incoming(b"a=%ff", x_twilio_signature="AAAA"),
        incoming(b"\xff\xfe", x_twilio_signature="AAAA"),
    ],
)
def test_any_other_signature_is_refused(request_: ExchangeRequest) -> None:
    with pytest.raises(BadSignature):
        FORM.admit(request_)


def test_without_a_secret_set_the_form_is_closed_in_production() -> None:
    form = TwilioForm(production(), TwilioSettings(auth_tokens=""))

    with pytest.raises(FormClosed, match="DSI_TWILIO_AUTH_TOKENS"):
        form.admit(signed(RINGING, ""))


def test_a_captured_request_played_again_is_the_same_delivery_whatever_its_idempotency_token() -> None:
    once, again = (signed(RINGING, i_twilio_idempotency_token=token) for token in ("1", "2"))

    assert FORM.deliveries(once)[0].delivery_id == FORM.deliveries(again)[0].delivery_id


def test_the_answer_leaves_the_call_alone() -> None:
    answer = FORM.answer(posted(RINGING))

    assert answer is not None
    assert answer.text.endswith("<Response />")
