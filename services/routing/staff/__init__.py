"""Which units each member of staff works in, and from when."""
