"""Clearing tmp."""
