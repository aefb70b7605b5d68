"""Which stored call is which of the calls that its events tell of now.

An exchange gives an id out again, and late news can show that one call was two, or two were one. A call's
contact, which people may have written on, stays with the call that it was made for.
"""

from collections.abc import Sequence

from services.intake.call_story.columns import StoredCall
from services.intake.call_story.state import Call

Pairs = list[tuple[StoredCall | None, Call]]


def matched(stored: Sequence[StoredCall], calls: Sequence[Call]) -> tuple[Pairs, list[StoredCall]]:
    """Each call with what was stored of it, if anything; and the stored ones that are no call any more.

    A stored call belongs to the first call whose time it shares; where two do, to the older its contact
    falls. `calls` are oldest first.
    """
    left = sorted(stored, key=lambda one: (one.started_at, one.contact_id))
    pairs: Pairs = []
    for call in calls:
        mine = next((one for one in left if _share_time(one, call)), None)
        if mine is not None:
            left.remove(mine)
        pairs.append((mine, call))
    return pairs, left


def _share_time(stored: StoredCall, call: Call) -> bool:
    return stored.started_at <= call.last_event_at and call.started_at <= stored.last_event_at
