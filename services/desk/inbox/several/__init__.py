"""One step for several entries at once, after a preview."""
