"""Telephone exchanges: the canonical call event, and what other forms become before they are one."""
