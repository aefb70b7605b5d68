"""What intake must be told beside what every service is told."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Intake's settings, from `DSI_...`."""

    intake_database_url: str | None = None
    triage_url: str = "http://127.0.0.1:8002"
    routing_url: str = "http://127.0.0.1:8003"

    #: Where exchanges reach this service (https://dsi.example.dk/intake); some sign their URL. Without it,
    #: the URL of the request is taken for it.
    public_url: str | None = None

    #: A call without an end is presumed lost when no event of it has been received for so many seconds.
    lost_after_waiting_seconds: float = Field(4 * 3600, gt=0)
    lost_after_talking_seconds: float = Field(12 * 3600, gt=0)

    #: The city's own lines (configuring.py); without it, those in storage hold.
    lines_file: Path | None = None
    #: Keys that personal values are sealed with: `k2:<base64>,k1:<base64>`, the first is current.
    seal_keys: SecretStr | None = None
    #: Key of the index that personal values are found by: 32 bytes in base64. A new one takes
    #: `dsi rotate-keys --reindex`.
    index_key: SecretStr | None = None
    #: Keys that exchanges sign their call events with (Standard Webhooks), separated by commas.
    webhook_secrets: SecretStr | None = None

    def key_ring(self) -> str:
        """The sealing keys in the form of `Keyring.parse`; a lone key is called k1."""
        keys = self.secret("seal_keys")
        return keys if ":" in keys else f"k1:{keys}"
