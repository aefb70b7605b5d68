"""The screen in the waiting room."""
