"""What routing knows of contacts from intake's and triage's events, and the entries that follow from it."""
