"""sipgate's push API (sipgate.io webhooks)."""
