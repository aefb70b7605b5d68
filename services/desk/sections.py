"""Parts of a page that are asked for one by one: one that fails says so, and the others stand."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Literal

from services.desk.problems import Refused, ServiceUnreachable

#: Why there is nothing to show; empty when there is.
Why = Literal["", "forbidden", "refused", "unreachable"]


@dataclass(frozen=True)
class Section:
    """A service's answer, or why there is none."""

    body: Any
    why: Why = ""

    def __bool__(self) -> bool:
        return not self.why


async def section(asked: Awaitable[Any]) -> Section:
    """The answer, or what stood between: the role may not, the service refused, or it does not answer."""
    try:
        return Section(await asked)
    except Refused as refused:
        return Section(None, "forbidden" if refused.answer_status == 403 else "refused")
    except ServiceUnreachable:
        return Section(None, "unreachable")
