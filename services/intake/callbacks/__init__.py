"""Call-backs: whom we owe a call."""
