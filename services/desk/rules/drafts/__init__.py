"""Writing a draft rule set and bringing it into force."""
