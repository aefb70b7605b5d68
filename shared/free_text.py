"""Short texts that staff type as reasons; a personal number in one is refused.

They are stored in trails and sent in events: reasons of decisions, returns and transfers.
"""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.log import mask


def _without_personal_numbers(text: str) -> str:
    if mask(text) != text:
        raise ValueError("must not hold anything that looks like a personal number")
    return text


#: No U+0000 either: PostgreSQL stores none.
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$"),
    AfterValidator(_without_personal_numbers),
]
