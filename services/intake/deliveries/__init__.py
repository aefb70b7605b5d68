"""What exchanges delivered: stored first, interpreted afterwards."""
