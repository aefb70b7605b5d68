"""Runs the services: all in one process, or one alone; over the installation's own databases for a
command.
"""
