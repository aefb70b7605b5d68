"""Replays a call centre's recorded calls through intake, late and doubled as requested, and compares.

It is not part of the product: it measures what intake derives against a record (`dsi import calls-csv`).
"""
