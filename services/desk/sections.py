"""Parts of a page that are read one by one: when one cannot be read the page says so and has the others."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from services.desk.problems import Refused, ServiceUnreachable

#: Why a part could not be read; empty when it was.
Why = Literal["", "forbidden", "refused", "unreachable"]
Content = TypeVar("Content")


@dataclass(frozen=True)
class Section(Generic[Content]):
    """A service's answer, or why there is none."""

    body: Content | None
    why: Why = ""

    def __bool__(self) -> bool:
        return not self.why


async def section(call: Awaitable[Content]) -> Section[Content]:
    """The answer, or why there is none: the role may not read it, the service refused or does not answer."""
    try:
        return Section(await call)
    except Refused as refused:
        return Section(None, "forbidden" if refused.answer_status == 403 else "refused")
    except ServiceUnreachable:
        return Section(None, "unreachable")
