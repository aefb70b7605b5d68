"""What the bodies of several features have in common."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def _believable(moment: datetime) -> datetime:
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("the moment must lie between the years 2000 and 2100")
    return moment.astimezone(UTC)


ReceivedAt = Annotated[AwareDatetime, AfterValidator(_believable)]


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
