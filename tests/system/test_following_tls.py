"""AMI over TLS: the exchange's certificate is verified, and without TLS the operator is warned what
that means.
"""

import ipaddress
import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from exchange_follower.running import FollowSettings, exchange_at
from exchange_follower.spool import Spool
from tests.exchange_follower.asterisk_fakes import FakeExchange, FakeIntake, eventually, written
from tests.exchange_follower.test_follow_ami import events_stored_by, following, join

SETTINGS = FollowSettings(ami_secret=SecretStr("secret"))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of an exchange at 127.0.0.1, signed by itself; the file holds its key as well."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pbx")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = tmp_path / "pbx.pem"
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return file


async def test_only_an_exchange_whose_certificate_holds_gets_the_password(
    tmp_path: Path, certificate: Path
) -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)
    exchange, intake = FakeExchange([[written(join(1))]]), FakeIntake()
    with closing(Spool(tmp_path / "spool.db")) as spool:
        async with exchange.listening(tls=server) as where:
            stranger = exchange_at(where.host, where.port, "dsi", SETTINGS, tls=True, authority=None)
            async with following(stranger, spool, intake) as pauses:
                await eventually(lambda: len(pauses) >= 2)
            assert exchange.logins == []
            known = exchange_at(where.host, where.port, "dsi", SETTINGS, tls=False, authority=certificate)
            async with following(known, spool, intake):
                await eventually(lambda: len(intake.stored) == 1)
    assert events_stored_by(intake) == [join(1)]


@pytest.mark.parametrize(
    ("host", "tls", "is_warned"),
    [
        ("pbx.internal", False, True),
        ("pbx.internal", True, False),
        ("127.0.0.1", False, False),
        ("localhost", False, False),
    ],
)
def test_a_password_that_would_go_over_the_network_in_the_clear_is_warned_of(
    host: str, tls: bool, is_warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    exchange = exchange_at(host, 5038, "dsi", SETTINGS, tls=tls, authority=None)
    assert ("in the clear" in "".join(capsys.readouterr())) == is_warned
    assert "secret" not in repr(exchange)
