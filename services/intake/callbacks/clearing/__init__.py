"""Clearing whole groups of call-backs with a reason."""
