"""Tickets of walk-ins: called again, or called in vain."""
