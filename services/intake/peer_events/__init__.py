"""Peer events."""
