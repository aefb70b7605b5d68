"""Written contacts: one that is written down, and where a misaddressed one goes. It knows no web."""
