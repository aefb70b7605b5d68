"""Deadlines that a caseworker starts and meets while working on an entry."""
