"""The caller's earlier contacts on the wire."""

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
    """A person whom earlier contacts of the caller were about, newest first."""

    is_known: bool = Field(description="Whether the contacts share a personal number; else it is one contact")
    name: str | None = Field(
        None,
        description="Left out under name and address protection: read the contact for it",
        examples=["Alma Andersen"],
    )
    address_protected: bool
    contacts: list[Candidate]


class Candidates(BaseModel):
    """Whom the call may be about. None of them is stored as the citizen until a person does it (PATCH)."""

    people: list[CandidatePerson]
    more: bool = Field(description="Whether there are more than the 50 newest contacts")
