"""A case of which a test says only the facts that matter to it."""

from datetime import date

from services.triage.rules.case import OLDEST, Case, case_of
from shared.city.current import geography_on
from shared.contracts import Facts
from shared.vocabulary import Channel

DAY = date(2026, 1, 15)


def case(*needs: str, covered: int = 0, channel: Channel = Channel.PHONE, **facts: object) -> Case:
    """The case of a contact by phone; `covered` are the needs that an offer meets at every age."""
    given = Facts.model_validate({"needs": list(needs or ["advice"]), **facts})
    return case_of(given, channel, DAY, geography_on(DAY), [covered] * (OLDEST + 2))
