"""Call story."""
