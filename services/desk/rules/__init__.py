"""The rules' own thinking: what triage says of rule sets, read for people. Nothing here knows the web."""
