"""The municipality's published deadlines for applications (retssikkerhedsloven § 3), as clocks.

A placeholder that has no areas and returns no clock, until the module that has them is merged.
"""

from collections.abc import Iterable
from datetime import datetime

from shared.contracts import Clock
from shared.vocabulary import Need, Unit


def application_clocks(
    needs: Iterable[Need], age: int | None, unit: Unit, received_at: datetime
) -> list[Clock]:
    """One clock for each distinct area that these needs are applications in."""
    return []
