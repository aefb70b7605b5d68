"""What Zammad's form must be told."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ZammadSettings(BaseSettings):
    """From `DSI_ZAMMAD_...`."""

    model_config = SettingsConfigDict(env_prefix="DSI_ZAMMAD_", extra="ignore", frozen=True)

    #: What stands last in the address that the telephone system was given; several separated by commas.
    tokens: SecretStr | None = None
