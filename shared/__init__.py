"""What all services share: time, storage, events, access and the contracts between them.

Nothing here knows a service; a fitness test holds it to that.
"""
