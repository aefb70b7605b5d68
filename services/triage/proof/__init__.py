"""The proof of a rule set, over every combination of facts."""
