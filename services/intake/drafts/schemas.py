"""A draft on the wire: a form with whatever fields it has."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.intake.models import ContactDraft
from services.intake.wire import Closed

MOST_FIELDS = 200
_MOST_CHARACTERS = 40_000


def _of_limited_size(content: dict[str, Any]) -> dict[str, Any]:
    if len(content) > MOST_FIELDS or len(str(content)) > _MOST_CHARACTERS:
        raise ValueError("a draft has at most 200 fields and 40,000 characters")
    return content


class DraftIn(Closed):
    """The fields of the form as they are filled in now."""

    content: Annotated[dict[str, Any], AfterValidator(_of_limited_size)] = Field(
        examples=[{"summary": "Ringer om sin søns"}]
    )


class DraftOut(DraftIn):
    """A draft, and who stored it when."""

    contact_id: UUID
    saved_at: str
    saved_by: str

    @classmethod
    def of(cls, row: ContactDraft, content: dict[str, Any]) -> Self:
        """The stored draft with its decrypted content."""
        return cls(
            content=content,
            contact_id=row.contact_id,
            saved_at=row.saved_at.isoformat(),
            saved_by=row.saved_by,
        )
