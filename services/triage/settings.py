"""Triage's settings, beside those that all services have."""

from pathlib import Path

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Triage's settings, from `DSI_...`."""

    triage_database_url: str | None = None
    intake_url: str = "http://127.0.0.1:8001"
    routing_url: str = "http://127.0.0.1:8003"
    #: After this many seconds a simulation stops, newest assessments first, and is marked incomplete.
    simulation_seconds: float = 30.0
    #: A file with the city's own thresholds of the repeat alarm; without it, those of the example apply.
    alarm_thresholds_file: Path | None = None
