"""Calls, as the set of their events tells them: the fold, and what it does to contacts."""
