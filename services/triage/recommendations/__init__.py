"""Recommendations: where a contact should go, and why."""
