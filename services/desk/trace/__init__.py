"""A contact's whole history in one timeline."""
