"""Puts services into a process: all of them, one alone, or all for the time of one command."""
