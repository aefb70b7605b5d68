"""Canonical json."""
