"""What intake does at events of triage and routing."""
