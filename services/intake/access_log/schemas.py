"""Entries of the access log on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class AccessOut(BaseModel):
    """One entry of the access log."""

    id: UUID
    at: datetime
    contact_id: UUID | None = Field(None, description="Null for a search itself and for lists")
    subject: str = Field(description="Staff id", examples=["alma"])
    role: str = Field(examples=["reception"])
    action: str = Field(description="create, read, list, search, found, change, close", examples=["read"])
    purpose: str = Field(examples=["henvendelse behandles"])
    criterion: str | None = Field(None, description="What kind of value was searched by", examples=["cpr"])
