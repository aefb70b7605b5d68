"""sipgate's push API, by the examples of its documentation and the test of its own library.

github.com/sipgate/sipgate.io ("The POST request", "The XML response") and
github.com/sipgate-io/sipgateio-node (lib/webhook/webhook.test.ts, "Signed webhook server").
"""

import base64
import xml.etree.ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.intake.problems import BadSignature, FormClosed
from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.sipgate.form import SipgateForm
from services.intake.telephony.sipgate.settings import SipgateSettings
from shared.problems import Unauthenticated
from tests.intake.telephony.requests_of import NOW, incoming, production

TOKEN = "our-token"
OUR_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = OUR_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
FORM = SipgateForm(production(), SipgateSettings(tokens=TOKEN, public_key=PEM))

# The three curl commands of the documentation.
NEW_CALL = (
    b"event=newCall&from=492111234567&to=4915791234567&direction=in&callId=123456&user[]=Alice&user[]=Bob"
    b"&userId[]=w0&userId[]=w1&fullUserId[]=1234567w0&fullUserId[]=1234567w1"
)
ANSWER = (
    b"event=answer&callId=123456&user=John+Doe&userId=w0&fullUserId=1234567w0&from=492111234567"
    b"&to=4915791234567&direction=in&answeringNumber=21199999999"
)
HANGUP = (
    b"event=hangup&cause=normalClearing&callId=123456&from=492111234567&to=4915791234567&direction=in"
    b"&answeringNumber=4921199999999"
)
DTMF = b"event=dtmf&dtmf=1&callId=123456"

#: A body and its signature by sipgate's real key, from sipgate's own test.
REALLY_SIGNED = (
    b"callId=&direction=in&event=newCall&from=4912354678&fullUserId%5B%5D%5B0%5D=123456789&originalCallId="
    b"&to=49999999&user%5B%5D%5B0%5D=TestUser&userId%5B%5D%5B0%5D=123456789&xcid="
)
REAL_SIGNATURE = (
    "hlY7r9Vad0NP/7xJxf+vcDqjWaGWHOcIrj+rcP5aqQQcHtbSLsElp2kRNRPBL5unWbq6bExVPZB49HHM+Y/fWSVL19q7KSJhYPHfikcME"
    "0r0mCYB4S/VnJwnIvpiqz6s7Dpnk3wDCy65B3WQLwBVWA9oh6ojNM/g+87YnoMTKRx1KoFqosKNfBp1c1I8XjXusGOW/VlGnMb6wHhUVd"
    "wi9K7FfUgxj2pnV+M1Xv9rYs6RAi4V1OcUPqdT5geHsxWa09sk+AEHSUm1EFnAvx7PhIkugpNwST7yPKHf0+iyei4qUQCBZtfQVOI4mLZ"
    "TRfQuyVo3YuJfvHaNPYY34/1ZCZGCKeu+HS6WHs1vGUyKxSi8v4JJqog2VOlWruf8pMGg+syuAFwuxiCnWsSXgaaUfe9JrBAFjBxUmNP9"
    "DzR1bbkwxkJnthacu7jALXjGsubjSSSl955QgenV/ZpODHgWDPg0fe6qGILtk+kXLjyfSsoR/qgzE5W5OAyZq8W64h01KAt9Q283N7/2n"
    "ogy6keiIWL3qjPolWnrchSP7iJUatM2YiTcpkNKnJ70UE05cdw3swuNe7zqD51MdOX3rAioEOFgOIFMSrxMVX+V4XK7sa5o43smN8lHoa"
    "+0AogQMuIrC7k2axdRbulSSNfyqVAZIT4qS0cItiv3aPXsdDKkkA0="
)


def signature(body: bytes) -> str:
    return base64.b64encode(OUR_KEY.sign(body, PKCS1v15(), SHA256())).decode()


def interpreted(body: bytes) -> CallEvent | None:
    (delivery,) = FORM.deliveries(incoming(body))
    return FORM.interpret(delivery, NOW)


def event_of(body: bytes) -> CallEvent:
    event = interpreted(body)
    assert event is not None
    return event


def test_a_new_call_waits_where_it_was_called() -> None:
    event = event_of(NEW_CALL)

    assert (event.type, event.call_id, event.occurred_at) == (CallEventType.QUEUED, "123456", NOW)
    assert (event.from_, event.to, event.queue) == ("+492111234567", "+4915791234567", "+4915791234567")


def test_an_answer_names_who_answered() -> None:
    assert (event_of(ANSWER).type, event_of(ANSWER).agent) == (CallEventType.ANSWERED, "John Doe")
    assert event_of(ANSWER.replace(b"user=John+Doe&", b"")).agent == "21199999999"


def test_a_hangup_ends_the_call() -> None:
    assert (event_of(HANGUP).type, event_of(HANGUP).cause) == (CallEventType.ENDED, "normalClearing")


def test_a_withheld_number_stays_withheld() -> None:
    assert event_of(NEW_CALL.replace(b"492111234567", b"anonymous")).from_ == "anonymous"


def test_digits_typed_and_outgoing_calls_are_ignored() -> None:
    assert interpreted(DTMF) is None
    assert interpreted(NEW_CALL.replace(b"direction=in", b"direction=out")) is None


def test_the_answer_asks_for_the_answer_and_the_end_at_the_same_address() -> None:
    answer = FORM.answer(incoming(NEW_CALL, tail=TOKEN, query="source=exchange"))
    assert answer is not None
    document = ET.fromstring(answer.text)

    here = f"https://dsi.example/intake/v1/telephony/form/{TOKEN}?source=exchange"
    assert (document.tag, document.attrib) == ("Response", {"onAnswer": here, "onHangup": here})
    assert answer.media_type == "application/xml"


@pytest.mark.parametrize(
    "query", ['"/><Hangup/><x a="', "a=1&b=2", "'><Dial><Number>4590000000</Number></Dial>", "<!--", "&#34;"]
)
def test_nothing_in_the_address_becomes_part_of_the_answer_but_the_address(query: str) -> None:
    request = incoming(NEW_CALL, tail=TOKEN, query=query)
    answer = FORM.answer(request)
    assert answer is not None
    document = ET.fromstring(answer.text)

    assert (list(document), document.attrib["onHangup"]) == ([], request.url)


def test_what_sipgate_itself_signed_is_let_in() -> None:
    form = SipgateForm(production(), SipgateSettings(tokens=TOKEN))
    form.admit(incoming(REALLY_SIGNED, tail=TOKEN, x_sipgate_signature=REAL_SIGNATURE))

    with pytest.raises(BadSignature):
        form.admit(
            incoming(REALLY_SIGNED.replace(b"789", b"779"), tail=TOKEN, x_sipgate_signature=REAL_SIGNATURE)
        )


def test_a_signature_by_the_configured_key_is_let_in_also_where_its_lines_end_in_backslash_n() -> None:
    form = SipgateForm(production(), SipgateSettings(tokens=TOKEN, public_key=PEM.replace("\n", "\\n")))

    form.admit(incoming(NEW_CALL, tail=TOKEN, x_sipgate_signature=signature(NEW_CALL)))


OTHERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "fakeSignature",
        "%%%",
        "æøå",
        base64.b64encode(b"\0" * 256).decode(),
        signature(HANGUP),
        signature(NEW_CALL)[:-4],
        base64.b64encode(OTHERS_KEY.sign(NEW_CALL, PKCS1v15(), SHA256())).decode(),
        base64.b64encode(OUR_KEY.sign(NEW_CALL, PKCS1v15(), SHA1())).decode(),
        base64.b64encode(OUR_KEY.sign(NEW_CALL, PSS(MGF1(SHA256()), PSS.MAX_LENGTH), SHA256())).decode(),
    ],
)
def test_any_other_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        FORM.admit(incoming(NEW_CALL, tail=TOKEN, x_sipgate_signature=signature))


def test_a_good_signature_without_our_token_is_refused() -> None:
    """Any other customer of sipgate has requests with good signatures of its own calls."""
    for tail in ("", "wrong"):
        with pytest.raises(Unauthenticated):
            FORM.admit(incoming(NEW_CALL, tail=tail, x_sipgate_signature=signature(NEW_CALL)))


def test_without_a_token_set_the_form_is_closed_in_production() -> None:
    form = SipgateForm(production(), SipgateSettings(public_key=PEM))

    with pytest.raises(FormClosed, match="DSI_SIPGATE_TOKENS"):
        form.admit(incoming(NEW_CALL, x_sipgate_signature=signature(NEW_CALL)))


@pytest.mark.parametrize(
    "pem",
    [
        "not a key",
        ed25519.Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    ],
)
def test_a_key_that_cannot_be_one_keeps_the_service_from_starting(pem: str) -> None:
    with pytest.raises(ValueError, match=r"key|PEM"):
        SipgateForm(production(), SipgateSettings(tokens=TOKEN, public_key=pem))
