"""Forwarding a misaddressed letter to the right authority."""
