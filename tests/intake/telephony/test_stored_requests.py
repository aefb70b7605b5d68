"""Whatever comes is kept as it came, and reading it never does worse than say why not."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.telephony.flexfone.form import FlexfoneForm
from services.intake.telephony.flexfone.settings import FlexfoneSettings
from services.intake.telephony.forms import Form, Uninterpretable
from services.intake.telephony.sipgate.form import SipgateForm
from services.intake.telephony.stored_request import StoredRequest, delivery_of
from services.intake.telephony.twilio.form import TwilioForm
from services.intake.telephony.zammad.form import ZammadForm
from tests.intake.telephony.requests_of import FORM, JSON, incoming, production

COMMON = production()
FORMS: list[Form] = [
    ZammadForm(COMMON),
    SipgateForm(COMMON),
    TwilioForm(COMMON),
    FlexfoneForm(COMMON, FlexfoneSettings(tokens="t")),
]

TYPES = st.sampled_from(
    [FORM, JSON, "multipart/form-data; boundary=x", "multipart/form-data", "", "text/æ", "; ="]
)
ODD_FORMS = st.lists(
    st.tuples(
        st.sampled_from(
            ["event", "callId", "direction", "CallSid", "CallStatus", "UniqueCallId", "user[]", "x"]
        ),
        st.sampled_from(
            ["newCall", "hangup", "in", "ringing", "completed", "", "%ff", "%00", "1" * 300, "é"]
        ),
    )
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs).encode())
BODIES = st.one_of(
    st.binary(max_size=200), ODD_FORMS, st.just(b'--x\r\nContent-Disposition: x; name="a"\r\n\r\nb')
)


@given(body=BODIES, media_type=TYPES, query=st.text(max_size=60), tail=st.text(max_size=20))
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_whatever_comes_is_kept_and_read_without_an_accident(
    form: Form, body: bytes, media_type: str, query: str, tail: str
) -> None:
    request = incoming(body, tail=tail, query=query, media_type=media_type)
    (delivery,) = form.deliveries(request)

    assert StoredRequest.parse(delivery.text).body == body
    assert 1 <= len(delivery.delivery_id) <= 120
    with contextlib.suppress(Uninterpretable):
        form.interpret(delivery, datetime(2026, 3, 10, tzinfo=UTC))


def test_bytes_that_are_no_text_are_kept_byte_for_byte() -> None:
    request = incoming(b"event=\xff\x00\xfe", query="a=%ff&token=secret")
    stored = StoredRequest.parse(delivery_of("form", request, without={"token"}).text)

    assert stored.body == b"event=\xff\x00\xfe"
    assert stored.query == [("a", "\udcff")]


def test_two_requests_that_are_no_text_are_two_deliveries() -> None:
    ids = {delivery_of("form", incoming(body)).delivery_id for body in (b"\xff", b"\xfe", b"\xff")}

    assert len(ids) == 2
