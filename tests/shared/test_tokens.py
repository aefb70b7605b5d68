"""Who a bearer token lets in."""

import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from pydantic import SecretStr

from shared.access import AUDIENCE, DEVELOPMENT_ISSUER, SERVICE_ISSUER, Tokens
from shared.installation import development_secret
from shared.problems import Unauthenticated
from shared.settings import CommonSettings
from shared.vocabulary import Role


@pytest.fixture
def settings(tmp_path: Path) -> CommonSettings:
    return CommonSettings(data=tmp_path)


def test_alma_of_the_reception_is_let_in(settings: CommonSettings) -> None:
    tokens = Tokens(settings)
    alma = tokens.verify(tokens.for_development([Role.RECEPTION], ["youth"], "alma", 60))
    assert alma.subject == "alma"
    assert alma.has(Role.RECEPTION, Role.CASEWORKER)
    assert not alma.has(Role.OPERATIONS)
    assert alma.belongs_to("youth")
    assert not alma.belongs_to("adults")


def test_a_star_means_every_unit(settings: CommonSettings) -> None:
    tokens = Tokens(settings)
    assert tokens.verify(tokens.for_development([Role.CASEWORKER], ["*"], "bo", 60)).belongs_to("hky")


def test_a_token_of_another_installation_is_refused(settings: CommonSettings, tmp_path: Path) -> None:
    stranger = Tokens(CommonSettings(data=tmp_path / "elsewhere"))
    with pytest.raises(Unauthenticated):
        Tokens(settings).verify(stranger.for_development([Role.RECEPTION], [], "eve", 60))


def test_an_expired_token_is_refused_even_when_it_was_seen_before(
    settings: CommonSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = Tokens(settings)
    token = tokens.for_development([Role.RECEPTION], [], "alma", 5)
    tokens.verify(token)
    later = time.time() + 6
    monkeypatch.setattr("shared.access.time.time", lambda: later)
    with pytest.raises(Unauthenticated):
        tokens.verify(token)


def forged(settings: CommonSettings, **claims: Any) -> str:
    whole = {
        "iss": SERVICE_ISSUER,
        "aud": AUDIENCE,
        "sub": "eve",
        "exp": time.time() + 60,
        "roles": ["service"],
    }
    key = development_secret(settings.data, "service_key")
    return jwt.encode({k: v for k, v in (whole | claims).items() if v is not None}, key, "HS256")


def test_what_the_forgeries_below_change_would_otherwise_be_let_in(settings: CommonSettings) -> None:
    assert Tokens(settings).verify(forged(settings)).has(Role.SERVICE)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"exp": None},
        {"sub": None},
        {"iss": "another"},
        {"iss": None},
        {"iss": DEVELOPMENT_ISSUER},
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(
    settings: CommonSettings, claims: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(settings).verify(forged(settings, **claims))


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "é.é.é", "e30.e30.", jwt.encode({"sub": "eve"}, "", "none")]
)
def test_what_is_no_token_is_refused_and_never_an_error(settings: CommonSettings, text: str) -> None:
    with pytest.raises(Unauthenticated):
        Tokens(settings).verify(text)


def production(tmp_path: Path, key_set: dict[str, Any]) -> CommonSettings:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(key_set))
    return CommonSettings(
        mode="production",
        data=tmp_path,
        service_key=SecretStr("k" * 40),
        jwks_file=file,
        jwt_issuer="https://login.example",
        jwt_audience="dsi-prod",
    )


def test_in_production_the_identity_providers_tokens_are_let_in_and_development_ones_are_not(
    tmp_path: Path,
) -> None:
    key = generate_private_key(SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    tokens = Tokens(production(tmp_path, {"keys": [{**public, "kid": "a", "alg": "ES256", "use": "sig"}]}))
    claims = {"iss": "https://login.example", "aud": "dsi-prod", "sub": "alma", "exp": time.time() + 60}
    token = jwt.encode({**claims, "roles": ["reception"]}, key, "ES256", headers={"kid": "a"})
    assert tokens.verify(token).has(Role.RECEPTION)
    for headers in ({"kid": "b"}, {}):
        with pytest.raises(Unauthenticated):
            tokens.verify(jwt.encode({**claims, "roles": ["reception"]}, key, "ES256", headers=headers))
    with pytest.raises(RuntimeError):
        tokens.for_development([Role.RECEPTION], [], "eve", 60)
    development = Tokens(CommonSettings(data=tmp_path / "dev"))
    with pytest.raises(Unauthenticated):
        tokens.verify(development.for_development([Role.RECEPTION], [], "eve", 60))


def test_production_refuses_to_start_without_its_secrets(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="DSI_SERVICE_KEY"):
        Tokens(CommonSettings(mode="production", data=tmp_path))
    with pytest.raises(RuntimeError, match="DSI_JWKS_FILE"):
        Tokens(CommonSettings(mode="production", data=tmp_path, service_key=SecretStr("k" * 40)))


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    assert development_secret(tmp_path, "a") == development_secret(tmp_path, "a")
    assert development_secret(tmp_path, "a") != development_secret(tmp_path, "b")
    assert (tmp_path / "secrets" / "a").stat().st_mode & 0o077 == 0
    assert sorted(file.name for file in (tmp_path / "secrets").iterdir()) == ["a", "b"]


def test_a_token_that_ends_beyond_all_time_is_refused(settings: CommonSettings) -> None:
    tokens = Tokens(settings)
    claims = {"iss": SERVICE_ISSUER, "aud": AUDIENCE, "sub": "x", "exp": 10**400, "roles": ["service"]}
    with pytest.raises(Unauthenticated):
        tokens.verify(jwt.encode(claims, settings.secret("service_key"), "HS256"))
