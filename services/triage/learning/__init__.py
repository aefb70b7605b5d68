"""What people's overrides and returns say about the rules."""
