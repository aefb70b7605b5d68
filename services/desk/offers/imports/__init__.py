"""Importing an organisation's own offers from an HSDS file."""
