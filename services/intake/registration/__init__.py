"""Registering a contact: from the request to all the rows of the new contact."""
