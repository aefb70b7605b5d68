"""Contacts: read, listed, searched, changed and closed; their status and the events about them."""
