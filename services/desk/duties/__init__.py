"""What is owed to citizens: shown on the pages of contacts, entries and inboxes, and ended by its own act."""
