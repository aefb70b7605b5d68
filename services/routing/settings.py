"""Routing's own settings."""

from pydantic import Field

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """`DSI_ROUTING_DATABASE_URL`, and the addresses of the peers that receive routing's events."""

    routing_database_url: str | None = None
    intake_url: str = "http://127.0.0.1:8001"
    triage_url: str = "http://127.0.0.1:8002"

    #: The city's own target for sending a written contact on to the right authority. The law sets none.
    forwarding_working_days: int = Field(2, ge=1, le=30)

    #: The city's own target for opening a letter, in hours of the queue's opening: it may be a notification.
    unread_mail_office_hours: float = Field(4, gt=0, le=80)
