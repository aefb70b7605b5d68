"""The catalogue of offers: search, reading aloud, and editing."""
