"""The reception's overview: its queues, its calls, and searching for a contact."""
