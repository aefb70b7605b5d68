"""Lists in pages: keyset cursors that stay right while rows come and go.

An endpoint asks for `Paging`, reads `paging.limit + 1` rows after `paging.after`, and answers
`paging.page(...)`.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from shared.problems import InvalidCursor

Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=500, description="At most so many items", examples=[50])]
CursorText = Annotated[str | None, Query(max_length=400, description="`next_cursor` of the page before")]


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(
        None, description="Give it as `cursor` for the next page; null on the last"
    )


class Cursor(BaseModel):
    """The place after which the next page starts: a moment, and the id that breaks its ties."""

    at: datetime
    id: UUID


def encode_cursor(at: datetime, id_: UUID) -> str:
    """An opaque text for `next_cursor`. It holds a moment and an id, nothing about a person."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(id_)]).encode()).decode().rstrip("=")


def decode_cursor(text: str | None) -> Cursor | None:
    """The cursor behind `text`; raises `InvalidCursor` for any other text."""
    if text is None:
        return None
    try:
        at, id_ = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        cursor = Cursor(at=datetime.fromisoformat(at), id=UUID(id_))
        if cursor.at.tzinfo is None:
            raise InvalidCursor
        # A moment at the edge of the calendar may have no name in UTC, in which storage keeps it.
        return Cursor(at=cursor.at.astimezone(UTC), id=cursor.id)
    except (ValueError, TypeError, binascii.Error, AttributeError, OverflowError) as error:
        raise InvalidCursor from error


def split_page(rows: Sequence[Item], limit: int) -> tuple[Sequence[Item], Item | None]:
    """Of `limit + 1` rows read: the page, and its last row when more follow."""
    return (rows[:limit], rows[limit - 1]) if len(rows) > limit else (rows, None)


def link_next(request: Request, response: Response, next_cursor: str | None) -> None:
    """Add the `Link: rel="next"` header (RFC 8288)."""
    if next_cursor is not None:
        url = request.url.include_query_params(cursor=next_cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'


class Paged:
    """One request for a page: how many items at most, after which place, and the page that answers it."""

    def __init__(
        self, request: Request, response: Response, limit: Limit = 50, cursor: CursorText = None
    ) -> None:
        self.limit = limit
        self._cursor = cursor
        self._request, self._response = request, response

    @property
    def after(self) -> Cursor | None:
        """The place after which the page begins; None for the first page. Raises InvalidCursor."""
        return decode_cursor(self._cursor)

    def split(
        self, rows: Sequence[Row], place: Callable[[Row], tuple[datetime, UUID]]
    ) -> tuple[Sequence[Row], str | None]:
        """The page of `limit + 1` rows and its `next_cursor`, which also becomes the Link header.

        `place` gives the moment and the id that the list is ordered by.
        """
        page, last = split_page(rows, self.limit)
        next_cursor = None if last is None else encode_cursor(*place(last))
        link_next(self._request, self._response, next_cursor)
        return page, next_cursor

    def page(
        self,
        rows: Sequence[Row],
        place: Callable[[Row], tuple[datetime, UUID]],
        item: Callable[[Row], Item],
    ) -> Page[Item]:
        """The page of `limit + 1` rows, each as `item` makes it."""
        found, next_cursor = self.split(rows, place)
        return Page(items=[item(row) for row in found], next_cursor=next_cursor)


Paging = Annotated[Paged, Depends()]
