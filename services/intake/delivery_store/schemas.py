"""What telephone systems send in the canonical form, and what they are answered."""

from typing import Any

from pydantic import BaseModel, Field, GetJsonSchemaHandler, RootModel, model_validator
from pydantic_core import CoreSchema

from services.intake.telephony.canonical import CallEvent

MOST_EVENTS = 1000


class CallEvents(RootModel[list[CallEvent]]):
    """One event, or a list of at most 1,000."""

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list_of_one(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = handler.resolve_ref_schema(handler(schema))
        one = many["items"]
        many |= {"anyOf": [one, {"type": "array", "items": one, "maxItems": MOST_EVENTS}]}
        del many["items"], many["type"]
        return many


class Receipt(BaseModel):
    """How many deliveries were stored, and how many were known before. They are interpreted afterwards."""

    received: int = Field(examples=[3])
    new: int = Field(examples=[2])
    duplicates: int = Field(examples=[1])
