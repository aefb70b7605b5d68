"""What the desk must be told."""

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Where the desk finds the services it shows."""

    intake_url: str = "http://127.0.0.1:8001"
    triage_url: str = "http://127.0.0.1:8002"
    routing_url: str = "http://127.0.0.1:8003"
    #: How long the page waits for a service before it says that it does not answer, in seconds.
    desk_patience_seconds: float = 3.0
