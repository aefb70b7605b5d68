"""What an assessment is made from."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts import CitizenKey, Facts
from shared.vocabulary import Channel


@dataclass(frozen=True)
class ContactFacts:
    """A contact with its facts. `version` is the contact's in intake; 0: not known.

    `citizen_key` is published with an assessment, and is none of what the rules read.
    """

    contact_id: UUID
    facts: Facts
    channel: Channel
    received_at: datetime
    version: int = 0
    citizen_key: CitizenKey | None = None
