"""The codes that a city's configuration gives to its units, districts and needs.

Which codes exist is data (`shared/city/reading.py`). The code knows three of them by name, because the law or
the house depends on what they mean: the reception, where every contact begins, and the two needs below.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

#: A unit that can be responsible for a citizen's contact (domain.md § 2).
UnitCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
#: What the citizen needs, as the reception understands it (domain.md § 7).
NeedCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
#: The number of a district (bydel).
DistrictNumber = Annotated[int, Field(ge=1, le=99, strict=True)]

#: The entrance itself: it is responsible until a contact has gone to another unit (policy B).
RECEPTION: Final[UnitCode] = "reception"
#: A notification of concern for a child (barnets lov § 136); its 24 hours hang on this need.
CHILD_CONCERN: Final[NeedCode] = "child_concern"
#: Advice, which the reception gives itself.
ADVICE: Final[NeedCode] = "advice"


class Strict(BaseModel):
    """A part of a configuration: unknown keys are errors, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
