"""The caller's earlier contacts, from which a person chooses whom the call is about."""
