"""Wire types that several features of intake share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

LineCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class Closed(BaseModel):
    """A request body that refuses unknown fields: a misspelt one is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")
