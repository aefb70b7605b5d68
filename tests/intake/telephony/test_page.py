"""What docs/telephony.md shows is true, because it is run from there."""

import base64
import json
import os
import subprocess
from datetime import UTC, datetime

import pytest

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.forms import Form, Uninterpretable
from services.intake.telephony.signatures import Signatures
from shared.problems import Unauthenticated
from tests.intake.telephony.page import example, ran
from tests.intake.telephony.requests_of import NOW, Values, posted_json, production

SECRET = f"whsec_{base64.b64encode(bytes(range(24))).decode()}"


@pytest.fixture
def centralen(monkeypatch: pytest.MonkeyPatch) -> Form:
    """The page's own form, configured as the page says."""
    monkeypatch.setenv("DSI_CENTRALEN_TOKENS", "a-key")
    form: Form = ran("a form of one's own").CentralenForm(production())
    return form


def interpreted(form: Form, values: Values) -> object:
    (delivery,) = form.deliveries(posted_json(values))
    return form.interpret(delivery, NOW)


def test_a_form_of_ones_own_takes_under_60_lines() -> None:
    assert len(example("a form of one's own").splitlines()) < 60


def test_the_pages_form_lets_in_by_its_key_only(centralen: Form) -> None:
    centralen.admit(posted_json({}, x_centralen_key="a-key"))
    for wrong in ("", "b-key"):
        with pytest.raises(Unauthenticated):
            centralen.admit(posted_json({}, x_centralen_key=wrong))


def test_the_pages_form_reports_calls(centralen: Form) -> None:
    ring = {
        "what": "ring",
        "call": 17,
        "at": "2026-03-10T09:59:00+01:00",
        "caller": "20000001",
        "queue": "main",
    }
    event = interpreted(centralen, ring)

    assert isinstance(event, CallEvent)
    assert (event.type, event.call_id, event.queue) == (CallEventType.QUEUED, "17", "main")
    assert event.occurred_at == datetime(2026, 3, 10, 8, 59, tzinfo=UTC)
    without_moment = interpreted(centralen, {"what": "pickup", "call": "17", "agent": "Anna"})
    assert isinstance(without_moment, CallEvent)
    assert (without_moment.occurred_at, without_moment.agent) == (NOW, "Anna")


@pytest.mark.parametrize(
    "values", [{"what": "sneeze", "call": "17"}, {"what": "ring", "call": "17", "at": "noon"}]
)
def test_the_pages_form_says_what_it_cannot_read(centralen: Form, values: Values) -> None:
    with pytest.raises(Uninterpretable):
        interpreted(centralen, values)


def test_the_example_with_the_library_signs_a_canonical_event() -> None:
    made = ran("sign with standardwebhooks", secret=SECRET)

    assert Signatures(SECRET).is_valid(made.body.encode(), made.headers)
    assert CallEvent.model_validate_json(made.body).type is CallEventType.QUEUED


def test_the_example_with_openssl_signs_a_canonical_event() -> None:
    # In place of curl: what it was asked to send, each argument on a line, its line ends as \n.
    curl = "curl() { for part in \"$@\"; do printf '%s\\n' \"${part//$'\\n'/\\\\n}\"; done; }\n"
    environment = {**os.environ, "SECRET": SECRET, "INTAKE": "http://intake.invalid"}
    script = curl + example("sign with openssl")
    sent = subprocess.run(
        ["bash", "-euc", script], env=environment, capture_output=True, text=True, check=True
    )
    parts = sent.stdout.splitlines()
    body = parts[parts.index("--data-raw") + 1].replace("\\n", "\n")
    headers = dict(part.split(": ", 1) for part in parts if part.startswith("webhook-"))

    assert Signatures(SECRET).is_valid(body.encode(), headers)
    assert json.loads(body)["type"] == "answered"
    assert "http://intake.invalid/v1/telephony/events" in parts
