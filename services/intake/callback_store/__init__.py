"""Callback store."""
