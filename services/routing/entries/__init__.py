"""Entries of queues: each is one stay of a contact in one queue, from entering to its end."""
