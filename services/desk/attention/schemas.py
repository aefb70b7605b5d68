"""Triage's alarms and routing's tasks, as the page of open matters reads them."""

from pydantic import AwareDatetime

from services.desk.api_models import ApiModel


class AlarmContact(ApiModel):
    """One of the contacts that raised an alarm; `unseen` since it was last acknowledged."""

    contact_id: str
    reference: str
    received_at: AwareDatetime
    unseen: bool


class Alarm(ApiModel):
    """The same concern for the same person, come again."""

    id: str
    text: str
    version: int
    contacts: list[AlarmContact]


class Task(ApiModel):
    """A deadline was missed, and the citizen must be informed in writing."""

    id: str
    text: str
    unit: str
    contact_id: str
    reference: str
    name: str
    legal_basis: str
    due_at: AwareDatetime
