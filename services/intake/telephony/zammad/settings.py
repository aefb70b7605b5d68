"""Settings of Zammad's form."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ZammadSettings(BaseSettings):
    """From `DSI_ZAMMAD_...`."""

    model_config = SettingsConfigDict(env_prefix="DSI_ZAMMAD_", extra="ignore", frozen=True)

    #: The last part of the address that the telephone system was given; several separated by commas.
    tokens: SecretStr | None = None
