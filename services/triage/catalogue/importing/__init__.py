"""Importing files of other organisations, and the example."""
