"""How long entries wait: figures, the wait to expect, and statistics of a period."""
