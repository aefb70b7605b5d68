"""Telephone systems' forms: how their requests are checked, stored and read as canonical call events."""
