"""What all models of the services' answers have in common, and answers that every service gives.

tests/desk/test_api_models.py compares each model with the OpenAPI document of the service it is read from.
"""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")


class ApiModel(BaseModel):
    """A part of a service's answer. Other fields than its own are ignored, so that services can add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Listing(ApiModel, Generic[Item]):
    """One page of a list; `next_cursor` leads to the next one and is None on the last."""

    items: list[Item]
    next_cursor: str | None = None


class Created(ApiModel):
    """Something that was made just now."""

    id: str


class Health(ApiModel):
    """A service's readiness."""

    status: Literal["ok"] = "ok"
