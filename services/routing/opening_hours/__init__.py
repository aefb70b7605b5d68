"""Opening hours of queues, and the days on which administrations are closed."""
