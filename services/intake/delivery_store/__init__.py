"""Delivery store."""
