"""What a stored delivery is, as far as it has been interpreted."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """`unread` until interpreted. What cannot be is `set_aside`, with a reason, until it is rerun."""

    UNREAD = "unread"
    EVENT = "event"
    RESTART = "restart"
    #: It says nothing about a call.
    NO_EVENT = "no_news"
    SET_ASIDE = "set_aside"


#: Reasons of our own; each form has others.
FUTURE = "future"
FAILED = "failed"
