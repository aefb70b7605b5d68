"""Intake's settings, beside those that every service has."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Read from the environment, as `DSI_...`."""

    intake_database_url: str | None = None
    triage_url: str = "http://127.0.0.1:8002"
    routing_url: str = "http://127.0.0.1:8003"

    #: Where exchanges reach this service (https://dsi.example.dk/intake); some sign this URL. Without it,
    #: the URL of the request is used.
    public_url: str | None = None

    #: A call without an end is presumed lost when no event of it has been received for so many seconds.
    lost_after_waiting_seconds: float = Field(4 * 3600, gt=0)
    lost_after_talking_seconds: float = Field(12 * 3600, gt=0)

    #: The city's own lines (lines/service.py); without it, the stored ones apply.
    lines_file: Path | None = None
    #: Keys that personal data is encrypted with: `k2:<base64>,k1:<base64>`, the first is current.
    seal_keys: SecretStr | None = None
    #: Key of the indexes that personal data is found by: 32 bytes in base64. A new one takes
    #: `dsi rotate-keys --reindex`.
    index_key: SecretStr | None = None
    #: Keys that exchanges sign their call events with (Standard Webhooks), separated by commas.
    webhook_secrets: SecretStr | None = None

    def key_ring(self) -> str:
        """The encryption keys in the form that `Keyring.parse` takes; a single key without a name is k1."""
        keys = self.secret("seal_keys")
        return keys if ":" in keys else f"k1:{keys}"
