"""Contacts: how one comes into being, where it stands, what is said of it to the others."""
