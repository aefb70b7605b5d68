"""Queues: which entries wait in them, live figures, and taking the next entry."""
