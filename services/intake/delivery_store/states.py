"""What a stored delivery is to us, so far."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """`unread` until interpreted; what cannot be is `set_aside`, with a reason, and can be read again."""

    UNREAD = "unread"
    EVENT = "event"
    RESTART = "restart"
    NO_NEWS = "no_news"
    SET_ASIDE = "set_aside"


#: Reasons of our own; a form has others.
FUTURE = "future"
FAILED = "failed"
