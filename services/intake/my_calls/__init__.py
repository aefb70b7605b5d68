"""My calls."""
