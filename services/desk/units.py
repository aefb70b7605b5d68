"""The city's units as routing has them: what they are called, and which of them can be chosen."""

from datetime import date, datetime, timedelta

import structlog

from services.desk.api_clients import ApiClients
from services.desk.api_models import Listing
from services.desk.problems import Refused, ServiceUnreachable
from services.desk.routing_models import UnitPeriod
from shared.city import current
from shared.city.codes import RECEPTION

#: A change of the units is on the pages after this time at the latest.
_CACHED_FOR = timedelta(seconds=30)
#: Pages do not wait longer for names: they have those of the city's files, or those from before.
_TIMEOUT_SECONDS = 2.0

log = structlog.get_logger("desk")


class KnownUnits:
    """The units' periods as routing last answered them; until it has, those of the city's files."""

    def __init__(self) -> None:
        self._periods: list[UnitPeriod] = []
        self._expires_at: datetime | None = None

    def is_expired(self, now: datetime) -> bool:
        """Whether they are to be read again."""
        return self._expires_at is None or now >= self._expires_at

    async def read(self, services: ApiClients, now: datetime) -> None:
        """Read them from routing; when it does not answer, they stay as they are until the next time."""
        # Set first: requests that come meanwhile use what is known and do not ask too.
        self._expires_at = now + _CACHED_FOR
        try:
            found = await services.with_timeout(_TIMEOUT_SECONDS).get(
                "routing", "/v1/units", Listing[UnitPeriod]
            )
        except (Refused, ServiceUnreachable) as error:
            log.info("no units", error=type(error).__name__)
        else:
            self._periods = found.items

    def name_of(self, code: str, day: date) -> str:
        """What the unit is called on that day, or was called last before it, or will be called first."""
        own = sorted((one for one in self._periods if one.code == code), key=lambda one: one.valid_from)
        if not own:
            return current.unit_name(code)
        begun = [one for one in own if one.valid_from <= day]
        return begun[-1].name if begun else own[0].name

    def choices_on(self, day: date) -> list[str]:
        """The codes of the units of that day without the reception, in the order of the city's files."""
        known = current.units()
        valid = {period.code for period in self._periods if period.is_valid_on(day)}
        codes = valid if self._periods else set(known.valid_on(day))
        order = {code: place for place, code in enumerate(known.codes)}
        return sorted(codes - {RECEPTION}, key=lambda code: (order.get(code, len(order)), code))
