"""Drafts: what is being written about a contact, stored so that no crash loses it."""
