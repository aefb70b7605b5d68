"""Twilio's voice: status callbacks of calls and of dialled legs, and what queues tell."""
