"""Zammad's generic CTI, by the examples of its documentation.

docs.zammad.org/en/latest/api/generic-cti (newcall-event, answer-event, hangup-event).
"""

from pathlib import Path
from typing import Any

import pytest

from services.intake.problems import FormClosed
from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.forms import ExchangeRequest, Uninterpretable
from services.intake.telephony.zammad.form import ZammadForm
from services.intake.telephony.zammad.settings import ZammadSettings
from shared.problems import Unauthenticated
from tests.intake.telephony.requests_of import NOW, incoming, posted, posted_json, production

TOKEN, OLD_TOKEN = "PhXp3ZG63QyJfcb1pVOnBKJWIbI", "an-older-one"
FORM = ZammadForm(production(), ZammadSettings(tokens=f"{TOKEN}, {OLD_TOKEN}"))

CALL = {
    "from": "493023125741",
    "to": "492214710334",
    "direction": "in",
    "callId": "307fa962-de8d-4ffc-817b-7f6993204159",
}
NEW_CALL = {"event": "newCall", **CALL, "user": ["Christopher Miller", "Emma Taylor"]}
ANSWER = {"event": "answer", **CALL, "user": "Emma Taylor", "answeringNumber": "emma@chrispresso.com"}
HANGUP = {"event": "hangup", **CALL, "answeringNumber": "emma@chrispresso.com", "cause": "normalClearing"}

#: `curl --form` of the documentation's "form-data" tab sends this.
MULTIPART = (
    "\r\n".join(
        part
        for name, value in [
            ("event", "newCall"),
            *CALL.items(),
            ("user[]", "Christopher Miller"),
            ("user[]", "Emma Taylor"),
        ]
        for part in (
            "--------------------------d74496d66958873e",
            f'Content-Disposition: form-data; name="{name}"',
            "",
            value,
        )
    ).encode()
    + b"\r\n--------------------------d74496d66958873e--\r\n"
)
MULTIPART_TYPE = "multipart/form-data; boundary=------------------------d74496d66958873e"


def interpreted(request: ExchangeRequest) -> CallEvent | None:
    (delivery,) = FORM.deliveries(request)
    return FORM.interpret(delivery, NOW)


def event_of(request: ExchangeRequest) -> CallEvent:
    event = interpreted(request)
    assert event is not None
    return event


@pytest.mark.parametrize(
    "request_",
    [
        posted_json(NEW_CALL),
        posted({"user[]" if name == "user" else name: value for name, value in NEW_CALL.items()}),
        incoming(MULTIPART, media_type=MULTIPART_TYPE),
    ],
    ids=["JSON", "form", "multipart"],
)
def test_a_new_call_waits_where_it_was_called_whatever_its_media_type(request_: ExchangeRequest) -> None:
    event = event_of(request_)

    assert (event.type, event.call_id, event.occurred_at) == (CallEventType.QUEUED, CALL["callId"], NOW)
    assert (event.from_, event.to, event.queue) == ("493023125741", "492214710334", "+492214710334")
    assert event.agent is None


def test_a_queue_that_is_named_is_the_queue() -> None:
    assert event_of(posted_json({**NEW_CALL, "queue": "support"})).queue == "support"


def test_who_answered_is_known_by_the_number_the_login_or_else_the_only_name() -> None:
    two_names = {"user": ["Christopher Miller", "Emma Taylor"], "answeringNumber": None}

    assert event_of(posted_json(ANSWER)).agent == "emma@chrispresso.com"
    assert event_of(posted_json({**ANSWER, "answeringNumber": None})).agent == "Emma Taylor"
    assert event_of(posted_json({**ANSWER, **two_names})).agent is None


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("normalClearing", CallEventType.ENDED),
        ("cancel", CallEventType.ABANDONED),
        ("busy", CallEventType.ABANDONED),
        ("noAnswer", CallEventType.ABANDONED),
        ("congestion", CallEventType.ABANDONED),
        ("notFound", CallEventType.ABANDONED),
        ("forwarded", CallEventType.LOST),
        ("somethingNew", CallEventType.ENDED),
    ],
)
def test_what_each_cause_of_a_hangup_means(cause: str, kind: CallEventType) -> None:
    event = event_of(posted_json({**HANGUP, "cause": cause}))

    assert (event.type, event.cause, event.queue) == (kind, cause, None)


@pytest.mark.parametrize("event", [NEW_CALL, ANSWER, HANGUP])
def test_a_call_made_from_here_is_no_contact(event: dict[str, Any]) -> None:
    assert interpreted(posted_json({**event, "direction": "out"})) is None


def test_three_events_of_one_moment_are_in_the_order_they_can_only_have() -> None:
    events = [event_of(posted_json(event)) for event in (NEW_CALL, ANSWER, HANGUP)]

    assert [event.sequence for event in events] == [0, 1, 2]


def test_the_same_event_sent_twice_or_in_another_order_is_one_delivery() -> None:
    forms = [
        posted(CALL),
        posted(dict(reversed(CALL.items()))),
        posted_json(CALL),
        posted({**CALL, "queue": ""}),
    ]
    ids = {FORM.deliveries(request)[0].delivery_id for request in forms}

    assert len(ids) == 1
    assert FORM.deliveries(posted({**CALL, "queue": "other"}))[0].delivery_id not in ids


def test_call_ids_longer_than_we_keep_stay_apart() -> None:
    long, longer = ("x" * 250, "x" * 249 + "y")
    calls = [event_of(posted_json({**NEW_CALL, "callId": call_id})) for call_id in (long, long, longer)]

    assert calls[0].call_id == calls[1].call_id != calls[2].call_id
    assert len(calls[0].call_id) <= 120


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (posted_json({**CALL}), "unknown-event"),
        (posted_json({**NEW_CALL, "event": "newcall2"}), "unknown-event"),
        (posted_json({**NEW_CALL, "direction": "sideways"}), "unknown-direction"),
        (posted_json({**NEW_CALL, "callId": " "}), "no-call-id"),
        (posted_json({**NEW_CALL, "callId": "a\x00b"}), "impossible-field"),
        (posted_json({**NEW_CALL, "from": "1" * 200}), "impossible-field"),
        (posted({**NEW_CALL, "event": ["newCall", "hangup"]}), "ambiguous-field"),
        (
            incoming(b'{"event": "newCall", "event": "hangup"}', media_type="application/json"),
            "ambiguous-field",
        ),
        (incoming(b"{", media_type="application/json"), "not-json"),
        (incoming(b"[" * 200_000, media_type="application/json"), "not-json"),
        (incoming(b'{"callId": ' + b"9" * 10_000 + b"}", media_type="application/json"), "not-json"),
        (incoming(b"[1]", media_type="application/json"), "not-an-object"),
        (incoming(b'"\xff"', media_type="application/json"), "not-utf-8"),
        (incoming(b"event=\xff"), "not-utf-8"),
        (incoming(b"event=%ff"), "not-utf-8"),
        (incoming(query="event=%ff"), "not-utf-8"),
        (incoming(b"&".join(b"a=1" for _ in range(201))), "too-many-fields"),
        (incoming(MULTIPART, media_type="multipart/form-data"), "no-boundary"),
    ],
)
def test_what_cannot_be_understood_is_kept_with_the_reason_why(
    request_: ExchangeRequest, reason: str
) -> None:
    with pytest.raises(Uninterpretable) as refused:
        interpreted(request_)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "request_",
    [
        incoming(b"x", tail=TOKEN),
        incoming(b"x", tail=OLD_TOKEN),
        incoming(b"x", authorization=f"Bearer {TOKEN}"),
        incoming(b"x", authorization=f'Token token="{TOKEN}"'),
    ],
)
def test_any_valid_token_opens_the_door(request_: ExchangeRequest) -> None:
    FORM.admit(request_)


@pytest.mark.parametrize(
    "request_",
    [
        incoming(b"x"),
        incoming(b"x", tail=TOKEN[:-1]),
        incoming(b"x", tail=f"{TOKEN},{OLD_TOKEN}"),
        incoming(b"x", tail="\udcff"),
        incoming(b"x", authorization="Bearer "),
        incoming(b"x", tail="wrong", authorization=f"Bearer {TOKEN}"),
    ],
)
def test_any_other_token_does_not(request_: ExchangeRequest) -> None:
    with pytest.raises(Unauthenticated):
        FORM.admit(request_)


@pytest.mark.parametrize("tokens", [None, "", " , "])
def test_without_a_token_set_the_form_is_closed_in_production(tokens: str | None) -> None:
    form = ZammadForm(production(), ZammadSettings(tokens=tokens))

    for token in ("", "anything"):
        with pytest.raises(FormClosed, match="DSI_ZAMMAD_TOKENS"):
            form.admit(incoming(b"x", tail=token))


def test_in_development_a_token_is_made_up_and_kept(tmp_path: Path) -> None:
    form = ZammadForm(production(tmp_path).model_copy(update={"mode": "development"}))

    form.admit(incoming(b"x", tail=(tmp_path / "secrets" / "zammad_tokens").read_text()))


def test_no_token_is_kept_with_the_delivery() -> None:
    (delivery,) = FORM.deliveries(posted_json(NEW_CALL, tail=TOKEN, authorization=f"Bearer {TOKEN}"))

    assert TOKEN not in delivery.text
