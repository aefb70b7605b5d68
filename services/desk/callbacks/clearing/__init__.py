"""Clearing whole groups of call-backs after a preview."""
