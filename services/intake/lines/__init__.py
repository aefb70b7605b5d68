"""The lines citizens reach the city by, as dated data."""
