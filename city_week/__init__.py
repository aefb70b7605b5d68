"""A week of the city, played through the public HTTP API as its clients would.

Imports no service: what it knows of them is what api.md says.
"""
