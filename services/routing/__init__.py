"""Routing: who waits for whom. Queues, entries, clocks, waits and forecasts."""
