"""Signing in and out, and locking a page that is not used."""
