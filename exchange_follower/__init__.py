"""Runs beside an Asterisk exchange and sends intake what it reports, by `queue_log` or by AMI.

It knows intake by its HTTP API, and by the readers of Asterisk's two forms that intake uses itself.
"""
