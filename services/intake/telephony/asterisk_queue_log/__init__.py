"""Asterisk's `queue_log`, line by line (docs/asterisk.md)."""
