"""What every service stands on: time, storage, events, access and the words they exchange.

Nothing here knows a service; a fitness test holds it to that.
"""
