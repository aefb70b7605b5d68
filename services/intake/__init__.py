"""Intake: contacts by phone, letter and walk-in, the people in them, and the calls they came by."""
