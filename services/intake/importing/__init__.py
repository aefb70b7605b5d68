"""What other systems recorded, brought in through the same doors as live events."""
