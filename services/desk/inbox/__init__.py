"""A unit's inbox: who waits there, in which order and why."""
