"""Flexfone's employee integration, by the parameters that its help pages publish.

faq.flexfone.dk/en/employee-integration-in-pbxadmin (also in Danish:
.../da/medarbejderintegration-i-pbxadmin).
"""

import pytest

from services.intake.problems import FormClosed
from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.flexfone.form import FlexfoneForm
from services.intake.telephony.flexfone.settings import FlexfoneSettings
from services.intake.telephony.forms import ExchangeRequest, Uninterpretable
from shared.problems import Unauthenticated
from tests.intake.telephony.requests_of import NOW, incoming, posted, production

TOKEN = "our-token"
FORM = FlexfoneForm(production(), FlexfoneSettings(tokens=TOKEN))

#: "Parameters when the call is answered".
ANSWERED = {
    "AccountId": "1234",
    "UniqueCallId": "1773136800.17",
    "EmployeeLocalNumber": "201",
    "ANumber": "20000001",
    "TimeStamp": "2026-03-10 09:59:30",
    "LinkedUniqueCallId": "1773136800.16",
}
#: "Parameters when the call ends"; the page writes this id in two words.
ENDED = {
    "AccountId": "1234",
    "Unique CallId": "1773136800.17",
    "Duration": "61",
    "Transfer": "False",
    "CallDirection": "Incoming",
}


def interpreted(request: ExchangeRequest) -> CallEvent | None:
    (delivery,) = FORM.deliveries(request)
    return FORM.interpret(delivery, NOW)


def event_of(request: ExchangeRequest) -> CallEvent:
    event = interpreted(request)
    assert event is not None
    return event


def by_get(values: dict[str, str], tail: str) -> ExchangeRequest:
    return incoming(query="&".join(f"{name}={value}" for name, value in values.items()), tail=tail)


@pytest.mark.parametrize(
    "send", [by_get, lambda values, tail: posted(values, tail=tail)], ids=["GET", "POST"]
)
def test_an_answered_call_names_the_employee_by_the_local_number(send: object) -> None:
    event = event_of(send(ANSWERED, f"answered/{TOKEN}"))  # type: ignore[operator]

    assert (event.type, event.agent, event.from_) == (CallEventType.ANSWERED, "201", "20000001")
    assert (event.call_id, event.leg_id) == ("1773136800.17", "1773136800.16")


def test_the_moment_is_that_of_receipt_because_theirs_is_the_calls_arrival() -> None:
    assert event_of(posted(ANSWERED, tail="answered")).occurred_at == NOW


def test_a_ringing_call_waits_in_the_queue_that_the_address_names() -> None:
    event = event_of(posted(ANSWERED, tail="incoming", query="queue=hovednummer"))

    assert (event.type, event.queue, event.agent) == (CallEventType.QUEUED, "hovednummer", None)


def test_an_ended_call_has_no_talk_made_of_its_length() -> None:
    """A caller who gave up had a call with a length, too."""
    event = event_of(posted(ENDED, tail="ended"))

    assert (event.type, event.call_id) == (CallEventType.ENDED, "1773136800.17")
    assert (event.reported_talk_seconds, event.cause) == (None, None)
    assert event_of(posted({**ENDED, "Transfer": "True"}, tail="ended")).cause == "transferred"


@pytest.mark.parametrize(
    "request_",
    [posted(ANSWERED, tail="outgoing"), posted({**ENDED, "CallDirection": "Outgoing"}, tail="ended")],
)
def test_a_call_made_from_here_is_no_contact(request_: ExchangeRequest) -> None:
    assert interpreted(request_) is None


def test_the_address_may_say_which_parameter_identifies_the_call() -> None:
    request = posted(ANSWERED, tail="answered", query="id_field=LinkedUniqueCallId")

    assert event_of(request).call_id == "1773136800.16"


def test_two_stages_with_the_same_parameters_are_two_deliveries() -> None:
    ids = {FORM.deliveries(posted(ANSWERED, tail=stage))[0].delivery_id for stage in ("incoming", "answered")}

    assert len(ids) == 2


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (posted(ANSWERED, tail=""), "unknown-stage"),
        (posted(ANSWERED, tail="exploded"), "unknown-stage"),
        (posted({}, tail="incoming", query="a=b"), "no-call-id"),
        (posted(ANSWERED, tail="answered", query="UniqueCallId=2"), "ambiguous-field"),
    ],
)
def test_what_cannot_be_understood_says_why(request_: ExchangeRequest, reason: str) -> None:
    with pytest.raises(Uninterpretable) as refused:
        interpreted(request_)

    assert refused.value.reason == reason


def test_the_token_is_behind_the_stage() -> None:
    FORM.admit(posted(ANSWERED, tail=f"answered/{TOKEN}"))
    for tail in ("", "answered", "answered/", TOKEN, f"{TOKEN}/answered", f"answered/{TOKEN}/x"):
        with pytest.raises(Unauthenticated):
            FORM.admit(posted(ANSWERED, tail=tail))


def test_without_a_token_set_the_form_is_closed_in_production() -> None:
    with pytest.raises(FormClosed, match="DSI_FLEXFONE_TOKENS"):
        FlexfoneForm(production(), FlexfoneSettings()).admit(posted(ANSWERED, tail="answered/"))


def test_no_token_is_kept_with_the_delivery() -> None:
    assert TOKEN not in FORM.deliveries(posted(ANSWERED, tail=f"answered/{TOKEN}"))[0].text
