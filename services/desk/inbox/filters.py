"""What of an inbox somebody wants to see. It stands in the address whole, so that it can be kept and shared.

No part of it is about a person: `reference` is a number that the city gave.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.vocabulary import Channel, Urgency

#: As many entries stand on one page.
PAGE = 100


class Asked(BaseModel):
    """A filter, and the page of what answers to it (`cursor` is routing's)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    mine: bool = False
    late: bool = False
    urgency: Urgency | None = None
    channel: Channel | None = None
    rule: str | None = Field(None, max_length=60, pattern=r"^[a-z0-9_]+$")
    reference: str | None = Field(None, max_length=12, pattern=r"^[0-9A-Za-z -]+$")
    cursor: str | None = Field(None, max_length=400, pattern=r"^[\w-]+$")

    @property
    def is_filter(self) -> bool:
        """Whether anything is left out."""
        return bool(self._said(without=("cursor",)))

    @property
    def for_routing(self) -> dict[str, Any]:
        """As routing's list of entries is asked."""
        return {"status": "open", "limit": PAGE, **self._said()}

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark."""
        return urlencode(self._said())

    def page(self, cursor: str | None) -> str:
        """The address part of the same filter's page that begins at `cursor`."""
        return self.model_copy(update={"cursor": cursor}).query

    def _said(self, without: tuple[str, ...] = ()) -> dict[str, str]:
        said = self.model_dump(mode="json", exclude=set(without))
        return {name: "true" if value is True else value for name, value in said.items() if value}


def read_asked(query: Mapping[str, str]) -> Asked:
    """The filter in an address. A part that says nothing we know, from an old bookmark say, is left out."""
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    try:
        return Asked.model_validate(given)
    except ValidationError as error:
        unknown = {str(fault["loc"][0]) for fault in error.errors()}
        return Asked.model_validate({name: value for name, value in given.items() if name not in unknown})
