"""Deciding, closing and releasing a contact."""
