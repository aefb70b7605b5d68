"""The rule sets as anyone may read them, and what was found out about each."""
