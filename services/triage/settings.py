"""What triage must be told beside what every service is told."""

from pathlib import Path

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Triage's settings, from `DSI_...`."""

    triage_database_url: str | None = None
    intake_url: str = "http://127.0.0.1:8001"
    routing_url: str = "http://127.0.0.1:8003"
    #: For so long a draft is replayed over past assessments, newest first, before it is called incomplete.
    simulation_seconds: float = 30.0
    #: The city's own thresholds of the repeat alarm (alarm_thresholds.py); without it, the example's hold.
    alarm_thresholds_file: Path | None = None
