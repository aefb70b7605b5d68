"""Calls: derived from the deliveries of telephone systems, each with a contact of its own."""
