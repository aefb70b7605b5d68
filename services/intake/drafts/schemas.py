"""A draft as it is sent and answered."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MOST_FIELDS = 200


_MOST_CHARACTERS = 40_000


def _of_bearable_size(content: dict[str, Any]) -> dict[str, Any]:
    if len(content) > MOST_FIELDS or len(str(content)) > _MOST_CHARACTERS:
        raise ValueError("a draft has at most 200 fields and 40,000 characters")
    return content


class DraftIn(BaseModel):
    """A form as it stands, in whatever fields it has."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[dict[str, Any], AfterValidator(_of_bearable_size)] = Field(
        examples=[{"summary": "Ringer om sin søns"}]
    )


class DraftOut(DraftIn):
    """A draft, and who kept it when."""

    contact_id: UUID
    saved_at: str
    saved_by: str
