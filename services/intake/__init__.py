"""Intake: what was said. Contacts, the people in them, and the calls they came by."""
