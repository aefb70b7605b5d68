"""Access log tmp."""
