"""Deadlines: how a clock is read, and those that the municipality set itself."""
