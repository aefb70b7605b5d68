"""Settings of Flexfone's form."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class FlexfoneSettings(BaseSettings):
    """From `DSI_FLEXFONE_...`."""

    model_config = SettingsConfigDict(env_prefix="DSI_FLEXFONE_", extra="ignore", frozen=True)

    #: The token in the four addresses that are typed into PBXAdmin; several separated by commas.
    tokens: SecretStr | None = None
