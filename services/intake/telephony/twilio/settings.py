"""Settings of Twilio's form."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class TwilioSettings(BaseSettings):
    """From `DSI_TWILIO_...`."""

    model_config = SettingsConfigDict(env_prefix="DSI_TWILIO_", extra="ignore", frozen=True)

    #: The account's auth token, or the secret of a shared key; several separated by commas, so that one
    #: can be changed.
    auth_tokens: SecretStr | None = None
