"""The caller's earlier contacts, as they are offered."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.contacts.contact_status import ContactStatus, Outcome
from services.intake.contacts.schemas import Relation
from shared.vocabulary import Channel


class Candidate(BaseModel):
    """An earlier contact by the same number."""

    id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    received_at: datetime
    channel: Channel
    line: str = Field(examples=["hovednummer"])
    status: ContactStatus
    outcome: Outcome | None = None
    relation: Relation | None = Field(None, description="Of the caller to the citizen", examples=["parent"])


class CandidatePerson(BaseModel):
    """Somebody the caller's earlier contacts were about, newest first."""

    is_known: bool = Field(description="Whether the contacts share a personal number; else it is one contact")
    name: str | None = Field(
        None,
        description="Not told of who is protected: read the contact for that",
        examples=["Alma Andersen"],
    )
    address_protected: bool
    contacts: list[Candidate]


class Candidates(BaseModel):
    """Whom the call may be about. Nobody is chosen; the citizen is written down by a person (PATCH)."""

    people: list[CandidatePerson]
    more: bool = Field(description="Whether there are more than the 50 newest contacts")
