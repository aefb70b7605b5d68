"""Decisions: what a person decides on an assessment, or on a contact."""
