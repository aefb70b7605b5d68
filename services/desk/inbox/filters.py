"""The filters of an inbox. They are in its address whole, so that a view can be stored and shared.

None of them is about a person: `reference` is a number that the city gave.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.vocabulary import Channel, Urgency

#: As many entries are on one page.
PAGE = 100


class InboxFilter(BaseModel):
    """A filter, and the page of its entries that begins at `cursor` (routing's)."""

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
        """Whether any entry is left out."""
        return bool(self._given(without=("cursor",)))

    @property
    def for_routing(self) -> dict[str, Any]:
        """As query parameters of routing's list of entries."""
        return {"status": "open", "limit": PAGE, **self._given()}

    @property
    def query(self) -> str:
        """As an address's query, without the question mark."""
        return urlencode(self._given())

    def page(self, cursor: str | None) -> str:
        """The query of the same filter's page that begins at `cursor`."""
        return self.model_copy(update={"cursor": cursor}).query

    def _given(self, without: tuple[str, ...] = ()) -> dict[str, str]:
        given = self.model_dump(mode="json", exclude=set(without))
        return {name: "true" if value is True else value for name, value in given.items() if value}


def filter_in(query: Mapping[str, str]) -> InboxFilter:
    """The filter in an address. A value that does not exist, of an old bookmark say, is left out."""
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    try:
        return InboxFilter.model_validate(given)
    except ValidationError as error:
        unknown = {str(fault["loc"][0]) for fault in error.errors()}
        return InboxFilter.model_validate(
            {name: value for name, value in given.items() if name not in unknown}
        )
