"""Whether a place serves a postcode, and how far two points are from each other."""

import math
from collections.abc import Sequence

from shared.city.places import Geography

#: Metres in one degree of latitude.
_METRES_PER_DEGREE = 111_195.0

#: Latitude and longitude in degrees.
Point = tuple[float, float]


def serves(districts: Sequence[int] | None, postcode: str, geography: Geography) -> bool:
    """Whether an offer for these bydele can be for somebody with this postcode.

    None, the whole city, serves every postcode that may lie in it: a postcode can cross the city's border.
    """
    locality = geography.locality(postcode)
    if locality.inside is False:
        return False
    return districts is None or not set(locality.districts).isdisjoint(districts)


def metres_between(one: Point, latitude: float | None, longitude: float | None) -> float:
    """The distance as on a flat map, which is precise enough within a city; infinite to an unknown point."""
    if latitude is None or longitude is None:
        return math.inf
    north = (latitude - one[0]) * _METRES_PER_DEGREE
    east = (longitude - one[1]) * _METRES_PER_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)
