"""Signing in through the city's identity provider, and choosing a role."""
