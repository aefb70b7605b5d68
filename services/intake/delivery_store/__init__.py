"""Stored deliveries of telephone systems: as they came, and what they mean."""
