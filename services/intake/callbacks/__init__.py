"""Call-backs: callers who gave up and are called back."""
