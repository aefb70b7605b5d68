"""The first page: which services answer, and the queues with their live figures."""
