"""An intake service that vendors' exchanges know, behind a gateway, on both databases."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.bench import Bench
from tests.conftest import StartService
from tests.intake.telephony.peers import PUBLIC, SIPGATE_KEY, TOKEN, TWILIO_SECRET


@pytest.fixture
async def intake(start_service: StartService, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Intake with a secret set for every vendor."""
    pem = SIPGATE_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    monkeypatch.setenv("DSI_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("DSI_SIPGATE_PUBLIC_KEY", pem.decode())
    for setting in ("ZAMMAD_TOKENS", "SIPGATE_TOKENS", "FLEXFONE_TOKENS", "CENTRALEN_TOKENS"):
        monkeypatch.setenv(f"DSI_{setting}", TOKEN)
    monkeypatch.setenv("DSI_TWILIO_AUTH_TOKENS", TWILIO_SECRET)
    return await start_service("intake")
