"""Moves open work from one unit to others in bulk, from a date, with a trail."""
