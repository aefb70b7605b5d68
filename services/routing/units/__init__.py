"""Units, and the queues that they have."""
