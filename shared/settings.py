"""Settings that all services have, from the environment (`DSI_...`) or the installation's folder."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.installation import development_secret

_ROOT = Path(__file__).parent.parent


class CommonSettings(BaseSettings):
    """Settings that mean the same in every service.

    In development mode, secrets that are not set are made once and kept in the data folder; every
    other mode refuses to start without them.
    """

    model_config = SettingsConfigDict(env_prefix="DSI_", extra="ignore", frozen=True)

    mode: Literal["development", "production"] = "development"
    #: Where an embedded installation keeps its databases and secrets: beside the checkout, or else in the
    #: folder that the command is started in.
    data: Path = (_ROOT if (_ROOT / "pyproject.toml").exists() else Path()) / "data"
    #: Fill tables that are empty with the example's lines, offers and deadlines for applications.
    example: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    max_body_bytes: int = 1_048_576

    #: HS256 key that the services sign their calls to each other with.
    service_key: SecretStr | None = None
    #: Production: the identity provider's key set (a JWKS file), its issuer and our audience.
    jwks_file: Path | None = None
    jwt_issuer: str = "https://login.invalid"
    jwt_audience: str = "dsi"

    def secret(self, name: str) -> str:
        """The secret setting `name`; in development made up once for this installation.

        Raises `RuntimeError` in production when it is not set.
        """
        given: SecretStr | None = getattr(self, name)
        if given is not None:
            return given.get_secret_value()
        if self.mode != "development":
            message = f"DSI_{name.upper()} must be set in {self.mode} mode"
            raise RuntimeError(message)
        return development_secret(self.data, name)

    def database_url(self, service: str, given: str | None) -> str:
        """The URL set for a service, or its SQLite file in the data folder."""
        if given:
            return given.replace("postgresql://", "postgresql+asyncpg://", 1)
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return f"sqlite+aiosqlite:///{(self.data / f'{service}.db').resolve()}"
