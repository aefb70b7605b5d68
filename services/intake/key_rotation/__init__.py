"""Key rotation."""
