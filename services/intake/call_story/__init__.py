"""A call, derived from its events: pure functions from events to a call's state, visits and columns."""
