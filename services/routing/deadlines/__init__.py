"""Deadlines of contacts: clocks that must be met, and those that the municipality set itself."""
