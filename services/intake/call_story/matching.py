"""Which stored call is which of the calls that are derived from its events now.

An exchange may use an id again, and late events can show that one call was two, or that two were one. A
call's contact, which people may have written on, stays with the call that it was created for.
"""

from collections.abc import Sequence

from services.intake.call_story.columns import StoredCall
from services.intake.call_story.state import Call

Pairs = list[tuple[StoredCall | None, Call]]


def matched(stored: Sequence[StoredCall], calls: Sequence[Call]) -> tuple[Pairs, list[StoredCall]]:
    """Each call with its stored one, if any; and the stored ones that are no call any more.

    A stored call belongs to the first call that it overlaps in time; where a call overlaps two stored ones,
    the older is its own. `calls` are oldest first.
    """
    left = sorted(stored, key=lambda one: (one.started_at, one.contact_id))
    pairs: Pairs = []
    for call in calls:
        mine = next((one for one in left if _overlap(one, call)), None)
        if mine is not None:
            left.remove(mine)
        pairs.append((mine, call))
    return pairs, left


def _overlap(stored: StoredCall, call: Call) -> bool:
    return stored.started_at <= call.last_event_at and call.started_at <= stored.last_event_at
