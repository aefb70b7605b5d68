"""What several features of intake take and answer over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

LineCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class Closed(BaseModel):
    """Input that takes only what it knows: a misspelt field is told, not dropped."""

    model_config = ConfigDict(extra="forbid")
