"""Replays a call centre's recorded calls through intake, as unreliably as asked, and compares the result.

It is no part of the product: it measures what intake derives against a record (`dsi import calls-csv`).
"""
