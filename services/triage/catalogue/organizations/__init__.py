"""The organisations behind the offers."""
