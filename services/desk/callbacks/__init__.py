"""Call-backs, as far as they need thinking about: what a form says, and what a list is asked for."""
