"""The list of call-backs, and each call-back with what can be done about it."""
