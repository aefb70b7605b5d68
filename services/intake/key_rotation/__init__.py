"""Replacing the keys that personal data is encrypted and indexed with."""
