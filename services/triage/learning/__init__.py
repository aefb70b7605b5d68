"""Learning: which rows of the rules people do not follow."""
