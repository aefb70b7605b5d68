"""Open alarms and tasks."""
