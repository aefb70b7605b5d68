"""What operations look at: how it stands now, today against a usual day, and what is to be mended."""
