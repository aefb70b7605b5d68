"""Twilio's voice requests: status callbacks of calls and of dialled legs, and requests of its queues."""
